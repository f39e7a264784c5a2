import { CommandError, type CommandResult, type CommandRunner, childEnv, FOR_GIT } from "@release-actions/command";
import { AGAIN, doubling, jittered, tryTimes } from "@release-actions/concurrency";
import { type Access, type Environment, GitError, gitEnvironment } from "./environment.ts";

export interface GitOptions extends Access {
  readonly run: CommandRunner;
  /** The environment, usually that of the step; git gets only the variables that it needs. */
  readonly env: Environment;
  readonly signal?: AbortSignal;
  /** Waits between tries; `ms` is in milliseconds. */
  readonly wait?: (ms: number, signal: AbortSignal | undefined) => Promise<unknown>;
}

export interface GitCall {
  readonly cwd?: string;
  readonly env?: Environment;
  readonly check?: boolean;
}

/** `git` with access to one remote. */
export type Git = (args: readonly string[], call?: GitCall) => Promise<CommandResult>;

/** The number of tries for a command that only reads. */
const MAX_TRIES = 4;
const FIRST_WAIT_MS = 1000;

/** Temporary errors. Any other, such as a refused token, would occur again. */
const PASSING =
  /Could not resolve host|Connection (refused|reset|timed out)|Operation timed out|Failed to connect|unexpected disconnect|early EOF|RPC failed|The requested URL returned error: (429|5\d\d)|GnuTLS recv error/i;

/** Returns a `git` for one remote, which gets the access in the environment of each call. */
export function openGit({ run, env, signal, ...access }: GitOptions): Git {
  const environment = gitEnvironment(childEnv(env, FOR_GIT), access);
  return (args, call = {}) =>
    run("git", args, {
      env: { ...environment, ...call.env },
      check: call.check ?? true,
      ...(call.cwd === undefined ? {} : { cwd: call.cwd }),
      ...(signal === undefined ? {} : { signal }),
    });
}

/**
 * Runs a git command that reads from the remote, and repeats it after temporary errors.
 *
 * @throws GitError with advice when the remote refuses the request
 */
export async function readRemote(
  git: Git,
  args: readonly string[],
  options: GitOptions,
  call: GitCall = {},
): Promise<CommandResult> {
  const { wait, signal } = options;
  const tries = { times: MAX_TRIES, pauseMs: jittered(doubling(FIRST_WAIT_MS)), wait, signal };
  return await tryTimes<CommandResult>(tries, async (isLast) => {
    const result = await git(args, { ...call, check: false });
    if (result.exitCode === 0) return result;
    if (isLast || !PASSING.test(result.stderr)) throw refusal(args, result, options.url);
    return AGAIN;
  });
}

/**
 * The SHAs of a remote's branches and tags by full name (`refs/tags/v1.2.3`). An annotated tag has one entry, that of
 * the tag object.
 */
export async function listRefs(git: Git, options: GitOptions, pattern: string): Promise<ReadonlyMap<string, string>> {
  const { stdout } = await readRemote(git, ["ls-remote", "--quiet", "--refs", "--", options.url, pattern], options);
  const lines = stdout.split("\n").filter((line) => line !== "");
  return new Map(
    lines.map((line) => {
      const [sha = "", name = ""] = line.split("\t");
      return [name, sha];
    }),
  );
}

function refusal(args: readonly string[], result: CommandResult, url: string): GitError {
  const cause = new CommandError("git", args, result);
  return new GitError(`git cannot read ${url}`, {
    cause,
    advice:
      "Check the address, and that the token may read it. The token of a workflow works only for its own repository: " +
      "for another one use a GitHub App's token limited to that repository, or a deploy key.",
  });
}
