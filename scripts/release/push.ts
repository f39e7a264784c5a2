import { CommandError } from "@release-actions/command";
import { git } from "./git.ts";
import { Refusal } from "./refusal.ts";
import type { Refs, Remote } from "./remote.ts";

/** A ref to set, and what it must be on the remote at that moment ("" for absent). */
export interface Update {
  readonly ref: string;
  readonly commit: string;
  readonly expected: string;
}

/** What is not yet as wanted. */
export function pendingUpdates(wanted: readonly (readonly [ref: string, commit: string])[], refs: Refs): Update[] {
  return wanted
    .map(([ref, commit]) => ({ ref, commit, expected: refs.get(ref) ?? "" }))
    .filter(({ commit, expected }) => commit !== expected);
}

/**
 * Pushes all or nothing. Each ref is changed only from what it was when the release was decided, so
 * that two releases at once cannot mix.
 *
 * @throws Refusal when the remote has moved meanwhile, or does not let us push.
 */
export async function pushAll(clone: string, remote: Remote, updates: readonly Update[]): Promise<void> {
  const leases = updates.map(({ ref, expected }) => `--force-with-lease=${ref}:${expected}`);
  const specs = updates.map(({ ref, commit }) => `${commit}:${ref}`);
  try {
    await git(clone, ["push", "--quiet", "--atomic", ...leases, remote.url, ...specs], { env: remote.env });
  } catch (cause) {
    if (!(cause instanceof CommandError)) throw cause;
    throw new Refusal(`the remote refused the release, and nothing of it was published`, {
      advice: "Bring the clone up to date and run the release again; check that the token may push all these refs.",
      cause,
    });
  }
}
