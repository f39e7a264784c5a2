import { type Engine, inspectImage, tagImage } from "@release-actions/docker";
import { ImageTransferError } from "./error.ts";

/**
 * Moves tags to an image that has been shown to be usable: the last step, and the first one others can see.
 * Each is looked up afterwards, since another job on the same engine may move it too (F80).
 */
export async function tagUsable(
  engine: Engine,
  id: string,
  tags: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  for (const tag of tags) {
    await tagImage(engine, id, tag, signal);
    const tagged = await inspectImage(engine, tag, { signal });
    if (tagged?.id === id) continue;
    throw new ImageTransferError(`${tag} is ${tagged?.id ?? "gone"} right after it was set to ${id}`, {
      advice: "Another job moves the same tag on this engine: give each job a tag of its own.",
    });
  }
}
