// Pushes what a release has prepared. Imports nothing but Node: the job that holds the permission to push runs it
// on a fresh checkout, without installing anything.
import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** A ref to set, and what it must be on the remote at that moment ("" for absent). */
export interface Update {
  readonly ref: string;
  readonly commit: string;
  readonly expected: string;
}

/**
 * Pushes all or nothing. Each ref is changed only from what it was when the release was decided, so
 * that two releases at once cannot mix.
 *
 * @throws an Error with git's words when the remote has moved meanwhile, or does not let us push.
 */
export async function pushUpdates(
  clone: string,
  remote: { readonly url: string; readonly env: Readonly<Record<string, string>> },
  updates: readonly Update[],
): Promise<void> {
  const leases = updates.map(({ ref, expected }) => `--force-with-lease=${ref}:${expected}`);
  const specs = updates.map(({ ref, commit }) => `${commit}:${ref}`);
  const args = ["-c", "core.hooksPath=/dev/null", "push", "--quiet", "--atomic", ...leases, remote.url, ...specs];
  const env = { ...process.env, GIT_TERMINAL_PROMPT: "0", ...remote.env };
  await promisify(execFile)("git", args, { cwd: clone, env });
}

/** A token for HTTPS remotes goes to git by its environment: never into an argument or a file. */
export function tokenEnv(token: string | undefined, remote: string): Record<string, string> {
  if (token === undefined || token === "" || !remote.startsWith("https://")) return {};
  const credentials = Buffer.from(`x-access-token:${token}`).toString("base64");
  return {
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: `http.${new URL(remote).origin}/.extraHeader`,
    GIT_CONFIG_VALUE_0: `Authorization: basic ${credentials}`,
  };
}
