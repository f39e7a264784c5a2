import { StreamCursor, TolerantTarReader } from "@release-actions/archive";
import { formatPlatform } from "@release-actions/platform";
import { openTarStream, type Wrapping } from "./archive-stream.ts";
import { ImageArchiveError } from "./error.ts";
import type { ImageArchive } from "./image-archive.ts";
import { readImageArchive } from "./read-image-archive.ts";
import { requireOneImage } from "./select-image.ts";
import { StreamedFiles } from "./streamed-files.ts";

/** An image archive of which all bytes were read and verified. */
export interface CheckedArchive {
  readonly archive: ImageArchive;
  /** How the whole tar is compressed. */
  readonly wrapping: Wrapping;
  /** False when the tar lacks its two closing blocks of zeros. */
  readonly hasEndBlocks: boolean;
}

/**
 * Reads a whole image archive once, hashes every blob and requires that every image in it is complete.
 *
 * @throws ImageArchiveError for the first fault found
 */
export async function checkImageArchive(bytes: AsyncIterable<Uint8Array>): Promise<CheckedArchive> {
  const { wrapping, bytes: tar } = await openTarStream(bytes);
  const files = new StreamedFiles();
  const reader = new TolerantTarReader(new StreamCursor(tar));
  for (let member = await reader.next(); member !== undefined; member = await reader.next()) {
    for await (const _ of files.record(member, reader.body())); // The loop only reads the body, which records the file.
  }
  const archive = await readImageArchive(files);
  requireComplete(archive);
  return { archive, wrapping, hasEndBlocks: reader.hasEndBlocks };
}

function requireComplete(archive: ImageArchive): void {
  const { images, refused = [] } = archive;
  // An image that is complete but of an unsupported kind is not an error: other tools may be able to load it.
  const broken = refused.find(({ error }) => error.problem !== "unsupported");
  if (broken !== undefined) throw broken.error;
  requireOneImage(archive);
  for (const { platform, missing } of images) {
    if (missing.length === 0) continue;
    const message = `the image for ${formatPlatform(platform)} lacks its layers ${missing.join(", ")}`;
    throw new ImageArchiveError("missing", message, { advice: "Save the image again, with all of its content." });
  }
}
