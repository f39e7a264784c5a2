export { CommandError, type CommandOptions, type CommandResult, type CommandRunner } from "./command.ts";
export { findProgram } from "./find-program.ts";
export { runCommand } from "./spawn.ts";
export { withoutSecrets } from "./without-secrets.ts";
