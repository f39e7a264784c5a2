import { tarFile } from "@release-actions/archive";
import type { Digest } from "./digest.ts";
import type { Document, Image, ImageArchive } from "./image-archive.ts";
import { type Compression, OCI_INDEX } from "./media-types.ts";

/** What Docker's other stores and podman unpack, and containerd does not. */
const BY_DOCKER_ALONE: ReadonlySet<Compression> = new Set(["xz", "bzip2"]);

/** The identities under which engines know an image that was loaded as the archive's. */
export interface LoadedIds {
  /** With the containerd store: the index or manifest. Undefined where only reading the layers tells it. */
  readonly containerd: Digest | undefined;
  /** With any other store: the config. */
  readonly classic: Digest;
}

export function loadedIds(archive: ImageArchive, image: Image): LoadedIds {
  return {
    containerd: hasUnpackableLayers(image) ? rootFor(archive, image)?.digest : undefined,
    classic: image.config.digest,
  };
}

/** The files that make an OCI layout of blobs, with one image in it, and without names: whoever loads it tags it. */
export function* layoutTail(archive: ImageArchive, image: Image): Generator<Uint8Array> {
  const root = rootFor(archive, image);
  if (root === undefined) return;
  const descriptor = { mediaType: root.mediaType, digest: root.digest, size: root.bytes.length };
  yield tarFile("index.json", JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [descriptor] }));
  yield tarFile("oci-layout", JSON.stringify({ imageLayoutVersion: "1.0.0" }));
}

/** What the tail's index names: the one index of the archive, or else the image's own manifest. */
export function rootFor(archive: ImageArchive, image: Image): Document | undefined {
  return archive.identity === "index.json" || archive.identity === "manifest.json" ? image.manifest : archive.root;
}

/**
 * Whether containerd can unpack the layers by the image's own manifest: none is compressed and called uncompressed, or
 * is in xz or bzip2. Any other is loaded as a docker archive, of which containerd makes a manifest from what it finds.
 */
export function hasUnpackableLayers({ layers }: Image): boolean {
  return layers.every(({ isMislabelled, compression }) => isMislabelled !== true && !BY_DOCKER_ALONE.has(compression));
}
