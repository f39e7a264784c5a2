import type { CommandRunner } from "@release-actions/command";

/** The cloned commits of a repository. Without git, or outside a clone, the history is empty. */
export interface History {
  /**
   * Hashes of the commits that changed lines of these files matching the pattern (a git regular expression), the newest
   * first. Commits whose parent was not cloned are left out.
   */
  readonly changesOf: (files: readonly string[], lines: string) => Promise<readonly string[]>;
  /** The contents of files in revisions (`HEAD`, `<hash>^`), in the order asked for; undefined for a file that did not exist. */
  readonly filesAt: (wanted: readonly FileAt[]) => Promise<readonly (string | undefined)[]>;
}

export interface FileAt {
  readonly revision: string;
  readonly file: string;
}

/** The most commits to read; more changes of the same lines would add no information. */
const MAX_COMMITS = 60;

/** Opens the history of the clone in `root`, which is read with git. */
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
    // The checkout may belong to a user other than the container's.
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

/**
 * Parses the output of `git cat-file --batch`: a line with the size in bytes precedes each object; a missing object has
 * only a line (git-cat-file, "Batch output").
 */
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

/** The history of files that are not in a clone. */
export const NO_HISTORY: History = {
  changesOf: async () => [],
  filesAt: async (wanted) => wanted.map(() => undefined),
};
