// Pushes a prepared release. It imports only modules of Node, because the job with the permission to push runs it
// in a fresh checkout without installing anything.
import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** A ref to set, and the commit that it must have on the remote at that moment ("" if it must not exist). */
export interface Update {
  readonly ref: string;
  readonly commit: string;
  readonly expected: string;
}

/**
 * Pushes all updates atomically. Each ref is changed only if it still has its expected commit, so that two simultaneous
 * releases cannot mix.
 *
 * @throws Error with git's message when the remote has changed in the meantime, or does not allow the push
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

/** The environment that passes the token for an HTTPS remote to git. The token never appears in an argument or a file. */
export function tokenEnv(token: string | undefined, remote: string): Record<string, string> {
  if (token === undefined || token === "" || !remote.startsWith("https://")) return {};
  const credentials = Buffer.from(`x-access-token:${token}`).toString("base64");
  return {
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: `http.${new URL(remote).origin}/.extraHeader`,
    GIT_CONFIG_VALUE_0: `Authorization: basic ${credentials}`,
  };
}
