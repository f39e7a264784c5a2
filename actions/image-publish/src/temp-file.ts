import { createWriteStream } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { ImagePublishError } from "./logins.ts";

/** Writes a file of the step's own. Throws ImagePublishError where the disk is full. */
export async function writeTempFile(
  file: string,
  bytes: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  try {
    await pipeline(bytes, createWriteStream(file), { signal });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
    throw new ImagePublishError(`no space is left in ${path.dirname(file)} for the unpacked image`, {
      cause: error,
      advice: "Free space on the runner, or leave the archive uncompressed, as `save-restate-image` does.",
    });
  }
}
