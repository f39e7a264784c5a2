import { Fault } from "@release-actions/report";

export interface CommandOptions {
  readonly cwd?: string;
  /**
   * The whole environment of the child, made by `childEnv` or `buildEnv`. Default: in an action the result of `envFor`,
   * with plain `runCommand` the environment of the parent.
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Written to the child's standard input, which is then closed. Secrets go here, never into `args`. */
  readonly input?: string | Uint8Array;
  /** Called with every piece of output as it comes, for showing it live. */
  readonly onOutput?: (stream: "stdout" | "stderr", text: string) => void;
  /** Stops the child with SIGTERM, and with SIGKILL if it does not exit. */
  readonly signal?: AbortSignal;
  /** Throw a `CommandError` unless the exit code is 0. Default true. */
  readonly check?: boolean;
}

export interface CommandResult {
  /** The exit code as a shell reports it: 128 plus the signal's number if a signal ended the child. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts a program without a shell and waits for it. Only the exit code tells whether it failed; stderr gives the reason. */
export type CommandRunner = (
  command: string,
  args: readonly string[],
  options?: CommandOptions,
) => Promise<CommandResult>;

/** A program that could not be started (exit code 126 or 127) or that failed. */
export class CommandError extends Fault {
  override readonly name = "CommandError";
  readonly result: CommandResult;

  constructor(command: string, args: readonly string[], result: CommandResult, options: ErrorOptions = {}) {
    const said = lastLines(result.stderr.trim() === "" ? result.stdout : result.stderr, 12);
    super(
      `\`${[command, ...args].join(" ")}\` failed with exit code ${result.exitCode}${said && `:\n${said}`}`,
      options,
    );
    this.result = result;
  }
}

function lastLines(text: string, count: number): string {
  return text.trim().split("\n").slice(-count).join("\n");
}
