import { pushUpdates, type Update } from "./push-updates.ts";
import { Refusal } from "./refusal.ts";
import type { Refs, Remote } from "./remote.ts";

/** The updates for refs that do not yet have the wanted commit. */
export function pendingUpdates(wanted: readonly (readonly [ref: string, commit: string])[], refs: Refs): Update[] {
  return wanted
    .map(([ref, commit]) => ({ ref, commit, expected: refs.get(ref) ?? "" }))
    .filter(({ commit, expected }) => commit !== expected);
}

/**
 * Pushes all updates atomically.
 *
 * @throws Refusal when the remote has changed in the meantime, or does not allow the push
 */
export async function pushAll(clone: string, remote: Remote, updates: readonly Update[]): Promise<void> {
  try {
    await pushUpdates(clone, remote, updates);
  } catch (cause) {
    throw new Refusal("the remote refused the release, and nothing of it was published", {
      advice: "Bring the clone up to date and run the release again; check that the token may push all these refs.",
      cause,
    });
  }
}
