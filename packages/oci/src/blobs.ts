import type { ArchiveFiles } from "./archive-files.ts";
import { algorithmOf, blobPath, digestOf } from "./digest.ts";
import type { Descriptor } from "./documents.ts";
import { ImageArchiveError } from "./error.ts";

/** Reads a blob that must exist and must have the size and digest of its descriptor. */
export async function readBlob(files: ArchiveFiles, descriptor: Descriptor, maxBytes: number): Promise<Uint8Array> {
  const path = blobPath(descriptor.digest);
  if (files.size(path) === undefined) throw missingBlob(descriptor, "the archive refers to");
  requireSize(files, descriptor);
  const bytes = await readFile(files, path, maxBytes);
  const found = digestOf(bytes, algorithmOf(descriptor.digest));
  if (found === descriptor.digest) return bytes;
  throw new ImageArchiveError("mismatch", `the blob ${descriptor.digest} has the digest ${found}`);
}

export async function readFile(files: ArchiveFiles, path: string, maxBytes: number): Promise<Uint8Array> {
  const size = files.size(path);
  if (size === undefined) throw new ImageArchiveError("not-an-image", `there is no ${path}`);
  if (size > maxBytes) {
    throw new ImageArchiveError("limit", `${path} has ${size} bytes, expected a document of at most ${maxBytes}`);
  }
  return await files.read(path);
}

export function requireSize(files: ArchiveFiles, { digest, size }: Descriptor): void {
  const found = files.size(blobPath(digest));
  if (found === size) return;
  throw new ImageArchiveError("mismatch", `the blob ${digest} has ${found} bytes, its descriptor says ${size}`);
}

export function missingBlob({ digest }: Descriptor, who: string): ImageArchiveError {
  return new ImageArchiveError("missing", `${who} the blob ${digest}, which is not in the archive`);
}
