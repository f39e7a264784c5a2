import type { PrefetchingSource } from "@release-actions/archive";
import { type Digest, digestImageArchive, indexImageArchive } from "@release-actions/oci";
import { formatPlatform } from "@release-actions/platform";
import type { BlobUpload, RegistryDocument } from "@release-actions/registry-client";
import { ImagePublishError } from "./logins.ts";

/** An image as a registry takes it. */
export interface PushableImage {
  readonly root: RegistryDocument;
  readonly platforms: readonly string[];
  readonly blobs: readonly BlobUpload[];
  /** What the root consists of, each after those it refers to; without the root. */
  readonly documents: readonly RegistryDocument[];
}

/** Indexes an archive; its layers are read when they are pushed, and never twice for one registry. */
export async function readImage(label: string, source: PrefetchingSource, signal: AbortSignal): Promise<PushableImage> {
  const indexed = await indexImageArchive(source, signal);
  // Of a docker archive with compressed layers, only reading them tells what they are known by in a registry.
  const { archive, blobs } = indexed.archive.root === undefined ? await digestImageArchive(source, signal) : indexed;
  const { root, images, absentPlatforms } = archive;
  if (root === undefined) throw new ImagePublishError(`${label} has no manifest, and none can be made for it`);
  const missing = images.flatMap((image) => image.missing);
  if (missing.length > 0 || absentPlatforms.length > 0) {
    const lost = [...missing, ...absentPlatforms.map(formatPlatform)];
    throw new ImagePublishError(`${label} lacks parts of its image: ${lost.join(", ")}`, {
      advice: "Build all platforms into one archive.",
    });
  }
  const others = [...archive.documents.values()].filter(({ digest }) => digest !== root.digest);
  const isIndex = ({ mediaType }: RegistryDocument): boolean => /index|manifest\.list/.test(mediaType);
  const isDocument = (digest: Digest): boolean => digest === root.digest || archive.documents.has(digest);
  return {
    root,
    platforms: images.map(({ platform }) => formatPlatform(platform)),
    blobs: [...blobs]
      .filter(([digest]) => !isDocument(digest))
      .map(([digest, { offset, size }]) => ({ digest, size, read: () => source.read(offset, size, signal) })),
    documents: [...others.filter((it) => !isIndex(it)), ...others.filter(isIndex)],
  };
}
