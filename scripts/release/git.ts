import { type CommandOptions, runCommand } from "@release-actions/command";

/** Options that override settings of the machine or its user which could change the committed content. */
const OWN_SETTINGS = [
  ["core.autocrlf", "false"],
  ["core.excludesFile", "/dev/null"],
  ["core.hooksPath", "/dev/null"],
  ["commit.gpgSign", "false"],
].flatMap(([key, value]) => ["-c", `${key}=${value}`]);

/** Runs git in a folder and returns its output without the last line feed. */
export async function git(folder: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const env = { ...process.env, GIT_TERMINAL_PROMPT: "0", ...options.env };
  const result = await runCommand("git", [...OWN_SETTINGS, ...args], { ...options, cwd: folder, env });
  return result.stdout.replace(/\n$/, "");
}

/** Whether a git command that answers with its exit code succeeds. */
export async function gitSays(folder: string, args: readonly string[]): Promise<boolean> {
  const result = await runCommand("git", args, { cwd: folder, check: false });
  return result.exitCode === 0;
}

/** The author, committer and times of a commit. They depend only on the sources, so that the same sources always give the same commit. */
export async function commitIdentity(folder: string, source: string): Promise<Record<string, string>> {
  const date = await git(folder, ["show", "-s", "--format=%cI", source]);
  const name = "Release";
  const email = "release@users.noreply.github.com";
  return {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
    GIT_COMMITTER_DATE: date,
  };
}
