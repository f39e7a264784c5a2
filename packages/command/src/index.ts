export { buildEnv } from "./build-env.ts";
export { childEnv, type Environment, envFor, FOR_CARGO, FOR_GIT } from "./child-env.ts";
export { CommandError, type CommandOptions, type CommandResult, type CommandRunner } from "./command.ts";
export { findProgram } from "./find-program.ts";
export { childRunner, runCommand } from "./spawn.ts";
