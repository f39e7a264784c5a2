import { createHash } from "node:crypto";
import { TAR_END, tarFile, tarHeader, tarPadding } from "@release-actions/archive";
import { algorithmOf, blobPath, type Digest } from "./digest.ts";
import { ImageArchiveError } from "./error.ts";
import type { Image } from "./image-archive.ts";
import type { BlobPlace, IndexedArchive } from "./index-image-archive.ts";
import { layoutTail } from "./layout-tail.ts";

/** Reads a blob from the archive. Of several requested at once, the one with the lowest rank is read first. */
export type ReadPlace = (place: BlobPlace, rank: number) => AsyncIterable<Uint8Array>;

/**
 * Writes an OCI layout as a tar with only some of an image's layers, for an engine that has the others. Every blob is verified
 * before the documents that turn the blobs into an image are sent, so a damaged blob never becomes part of an image.
 *
 * @param digests the layers to include
 * @throws ImageArchiveError when a blob is missing or does not match its digest
 */
export async function* partialArchive(
  { archive, blobs }: IndexedArchive,
  image: Image,
  digests: ReadonlySet<Digest>,
  read: ReadPlace,
): AsyncGenerator<Uint8Array, void, undefined> {
  let rank = 0;
  for (const digest of new Set([...digests, image.config.digest])) {
    const place = blobs.get(digest);
    if (place === undefined) throw new ImageArchiveError("missing", `the archive does not contain the blob ${digest}`);
    rank += 1;
    yield tarHeader({ kind: "file", path: blobPath(digest), size: place.size });
    yield* checked(read(place, rank), digest);
    yield tarPadding(place.size);
  }
  for (const { digest, bytes } of archive.documents.values()) yield tarFile(blobPath(digest), bytes);
  yield* layoutTail(archive, image);
  yield TAR_END;
}

async function* checked(bytes: AsyncIterable<Uint8Array>, expected: Digest): AsyncGenerator<Uint8Array> {
  const algorithm = algorithmOf(expected);
  const hash = createHash(algorithm);
  for await (const chunk of bytes) {
    hash.update(chunk);
    yield chunk;
  }
  const found = `${algorithm}:${hash.digest("hex")}`;
  if (found === expected) return;
  throw new ImageArchiveError("mismatch", `the blob ${expected} has the digest ${found}: its content was changed`);
}
