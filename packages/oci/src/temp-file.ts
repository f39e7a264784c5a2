import { createWriteStream } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { ImageArchiveError } from "./error.ts";

/**
 * Writes a temporary file.
 *
 * @throws ImageArchiveError when the disk is full
 */
export async function writeTempFile(
  file: string,
  bytes: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<void> {
  try {
    await pipeline(bytes, createWriteStream(file), signal === undefined ? {} : { signal });
  } catch (error) {
    const isFull = typeof error === "object" && error !== null && "code" in error && error.code === "ENOSPC";
    if (!isFull) throw error;
    throw new ImageArchiveError("limit", `no space is left in ${path.dirname(file)} for the unpacked image`, {
      cause: error,
      advice: "Free space on the runner, or use one with a larger disk.",
    });
  }
}
