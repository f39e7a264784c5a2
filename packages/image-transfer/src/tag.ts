import { AGAIN, tryTimes } from "@release-actions/concurrency";
import { type Engine, EngineError, imageId, tagImage } from "@release-actions/docker";
import { ImageTransferError } from "./error.ts";

/**
 * Engines with the containerd store move a tag by deleting and creating it, which fails if another client does the same
 * at that moment.
 */
const MAX_TRIES = 10;
const LONGEST_PAUSE_MS = 200;

/**
 * Moves tags to an image that is known to be usable. This is the last step, and the first that other clients can see.
 * Each tag is checked afterwards, since another job on the same engine may move it too.
 *
 * @throws ImageTransferError if a tag then has another image
 */
export async function tagUsable(
  engine: Engine,
  id: string,
  tags: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  for (const tag of tags) {
    const tagged = await moveTag(engine, id, tag, signal);
    if (tagged === id) continue;
    throw new ImageTransferError(`${tag} is ${tagged ?? "gone"} immediately after it was set to ${id}`, {
      advice: "Another job moves the same tag on this engine: use a different tag in each job.",
    });
  }
}

/** Moves a tag and returns the ID that it has afterwards; undefined if it is gone. */
async function moveTag(
  engine: Engine,
  id: string,
  tag: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const tries = { times: MAX_TRIES, pauseMs: () => Math.random() * LONGEST_PAUSE_MS, signal };
  return await tryTimes<string | undefined>(tries, async (isLast) => {
    try {
      await tagImage(engine, id, tag, signal);
      const tagged = await imageId(engine, tag, signal);
      if (tagged !== undefined || isLast) return tagged;
    } catch (error) {
      if (isLast || !isRace(error)) throw error;
    }
    return AGAIN;
  });
}

function isRace(error: unknown): boolean {
  return error instanceof EngineError && /already ?exists/i.test(error.said);
}
