export { CommandError, type CommandOptions, type CommandResult, type CommandRunner } from "./command.ts";
export { runCommand } from "./spawn.ts";
