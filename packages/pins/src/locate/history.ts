import type { CommandRunner } from "@release-actions/command";

/** The commits of a repository, as far as they were cloned. Without git, or outside a clone, there are none. */
export interface History {
  /**
   * Hashes of the commits that changed lines of these files which match a pattern of git's, the newest first; those
   * without a parent here are left out.
   */
  readonly changesOf: (files: readonly string[], lines: string) => Promise<readonly string[]>;
  /** Files as they were in revisions (`HEAD`, `<hash>^`), in the same order; undefined where one was not. */
  readonly filesAt: (wanted: readonly FileAt[]) => Promise<readonly (string | undefined)[]>;
}

export interface FileAt {
  readonly revision: string;
  readonly file: string;
}

/** More changes than this of the same lines say nothing new. */
const MAX_COMMITS = 60;

export function openHistory(root: string, run: CommandRunner, env: NodeJS.ProcessEnv): History {
  const quiet = { ...env, GIT_OPTIONAL_LOCKS: "0", GIT_DIR: undefined, GIT_WORK_TREE: undefined };
  const git = async (args: readonly string[], input?: string): Promise<string | undefined> => {
    const options = {
      cwd: root,
      env: quiet,
      check: false,
      onOutput: () => undefined,
      ...(input !== undefined && { input }),
    };
    // The checkout may belong to another user than the one of this container.
    const result = await run("git", ["-c", `safe.directory=${root}`, ...args], options).catch(() => undefined);
    return result?.exitCode === 0 ? result.stdout : undefined;
  };
  return {
    changesOf: async (files, lines) => {
      const args = ["log", `--max-count=${MAX_COMMITS}`, "--no-merges", `-G${lines}`, "--format=%H %P", "--", ...files];
      const found = (await git(args))?.split("\n") ?? [];
      return found.flatMap((line) => /^(\w+) \w/.exec(line)?.[1] ?? []);
    },
    filesAt: async (wanted) => {
      const names = wanted.map(({ revision, file }) => `${revision}:./${file}\n`);
      const output = wanted.length === 0 ? undefined : await git(["cat-file", "--batch"], names.join(""));
      return output === undefined ? wanted.map(() => undefined) : readBatch(output);
    },
  };
}

/** Each object follows a line with its size in bytes; a missing one has that line alone (git-cat-file, "Batch output"). */
function readBatch(output: string): (string | undefined)[] {
  const bytes = Buffer.from(output);
  const found: (string | undefined)[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf("\n", at);
    const size = /^\w+ blob (\d+)$/.exec(bytes.toString("utf8", at, end))?.[1];
    found.push(size === undefined ? undefined : bytes.toString("utf8", end + 1, end + 1 + Number(size)));
    at = end + 1 + (size === undefined ? 0 : Number(size) + 1);
  }
  return found;
}

/** For a repository of which only the files are there. */
export const NO_HISTORY: History = {
  changesOf: async () => [],
  filesAt: async (wanted) => wanted.map(() => undefined),
};
