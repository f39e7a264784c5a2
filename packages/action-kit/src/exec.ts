import { AsyncLocalStorage } from "node:async_hooks";
import type { ChildProcess } from "node:child_process";
import { subscribe } from "node:diagnostics_channel";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { Writable } from "node:stream";
import * as exec from "@actions/exec";
import {
  CommandError,
  type CommandOptions,
  type CommandResult,
  type CommandRunner,
  envFor,
} from "@release-actions/command";

/** How long a child may take to stop before it is killed: the runner itself waits 7.5 s. */
const KILL_AFTER_MS = 1500;

interface Started {
  child: ChildProcess | undefined;
}

/**
 * `@actions/exec` gives no access to the child process, and hides the signal that ended it (the exit code is then
 * `null`, which many callers treat as success). Node announces every child on a diagnostics channel, and the async
 * context identifies the call that the child belongs to.
 */
const calls = new AsyncLocalStorage<Started>();
subscribe("child_process", (message) => {
  const started = calls.getStore();
  if (started === undefined || started.child !== undefined) return;
  // The channel's documented message is `{ process: ChildProcess }`.
  const { process: child } = message as { process: ChildProcess };
  started.child = child;
  // Ignore write errors: a child may exit without reading its input, and its exit code shows whether that is a
  // failure. The streams exist only after this message.
  process.nextTick(() => child.stdin?.on("error", () => undefined));
});

/**
 * A `CommandRunner` based on `@actions/exec`. `echo` receives each command line and the output as it arrives. Without
 * an explicit environment, a child gets the step's, except variables that only the step may know (`envFor`).
 */
export function execRunner(cancelled: AbortSignal, echo: (text: string) => void): CommandRunner {
  return async (command, args, options = {}) => {
    const signal = options.signal === undefined ? cancelled : AbortSignal.any([cancelled, options.signal]);
    signal.throwIfAborted();
    const result = await start(command, args, { ...options, signal }, echo);
    signal.throwIfAborted();
    if (result.exitCode !== 0 && options.check !== false) throw new CommandError(command, args, result);
    return result;
  };
}

async function start(
  command: string,
  args: readonly string[],
  options: CommandOptions & { signal: AbortSignal },
  echo: (text: string) => void,
): Promise<CommandResult> {
  const started: Started = { child: undefined };
  let killer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    started.child?.kill("SIGTERM");
    killer = setTimeout(() => started.child?.kill("SIGKILL"), KILL_AFTER_MS);
  };
  options.signal.addEventListener("abort", stop, { once: true });
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  const listen = (stream: "stdout" | "stderr") => (data: Buffer) => {
    const text = decoders[stream].decode(data, { stream: true });
    if (options.onOutput === undefined) echo(text);
    else options.onOutput(stream, text);
  };
  echo(`[command]${[command, ...args].join(" ")}\n`);
  try {
    const output = await calls.run(started, () =>
      exec.getExecOutput(quoteCommand(command), [...args], {
        ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
        env: definedOnly(options.env ?? envFor(command, process.env)),
        input: Buffer.from(options.input ?? ""),
        silent: true,
        ignoreReturnCode: true,
        outStream: discard(),
        errStream: discard(),
        listeners: { stdout: listen("stdout"), stderr: listen("stderr") },
      }),
    );
    return { ...output, exitCode: shellExitCode(output.exitCode, started.child) };
  } catch (error) {
    if (started.child?.pid !== undefined) throw error;
    const exitCode = existsSync(command) ? 126 : 127;
    return { exitCode, stdout: "", stderr: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(killer);
    options.signal.removeEventListener("abort", stop);
  }
}

/** The toolkit splits its first argument at spaces unless it is quoted. */
function quoteCommand(command: string): string {
  return `"${command.replaceAll('"', '\\"')}"`;
}

function shellExitCode(code: number | null, child: ChildProcess | undefined): number {
  const signal = child?.signalCode ?? null;
  if (signal !== null) return 128 + constants.signals[signal];
  return code ?? 1;
}

function definedOnly(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function discard(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}
