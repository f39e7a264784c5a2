import { spawn } from "node:child_process";
import { constants } from "node:os";
import { type Environment, envFor } from "./child-env.ts";
import { CommandError, type CommandOptions, type CommandResult, type CommandRunner } from "./command.ts";

/** How long a child may take to exit after SIGTERM before it gets SIGKILL. */
const KILL_AFTER_MS = 1500;

/** The `CommandRunner` of plain Node, for scripts, tests and code that runs outside an action. */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  options.signal?.throwIfAborted();
  const result = await spawnAndCollect(command, args, options);
  options.signal?.throwIfAborted();
  if (result.exitCode !== 0 && options.check !== false) throw new CommandError(command, args, result);
  return result;
}

/**
 * `runCommand` for programs that an action starts after its runner has stopped accepting commands, such as after a
 * cancellation.
 */
export function childRunner(env: Environment): CommandRunner {
  return (command, args, options = {}) => runCommand(command, args, { env: envFor(command, env), ...options });
}

function spawnAndCollect(command: string, args: readonly string[], options: CommandOptions): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: options.cwd, env: options.env, stdio: ["pipe", "pipe", "pipe"] });
    const output = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const) {
      child[stream].setEncoding("utf8").on("data", (text: string) => {
        output[stream] += text;
        options.onOutput?.(stream, text);
      });
    }
    // A child may exit without reading its input; its exit code says whether it failed.
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.input ?? "");

    let killer: NodeJS.Timeout | undefined;
    const stop = (): void => {
      child.kill("SIGTERM");
      killer = setTimeout(() => child.kill("SIGKILL"), KILL_AFTER_MS);
    };
    options.signal?.addEventListener("abort", stop, { once: true });
    const finish = (result: CommandResult): void => {
      clearTimeout(killer);
      options.signal?.removeEventListener("abort", stop);
      resolve(result);
    };
    child.on("error", (error: NodeJS.ErrnoException) => {
      if (child.pid !== undefined) return; // The child runs; only sending a signal failed.
      finish({ ...output, exitCode: error.code === "ENOENT" ? 127 : 126, stderr: `${command}: ${error.message}` });
    });
    child.on("close", (code, signal) => {
      finish({ ...output, exitCode: code ?? 128 + (signal === null ? 0 : constants.signals[signal]) });
    });
  });
}
