import { tarFile } from "@release-actions/archive";
import type { Digest } from "./digest.ts";
import type { Document, Image, ImageArchive } from "./image-archive.ts";
import { OCI_INDEX } from "./media-types.ts";

/** The identities under which engines know an image that was loaded as the archive's. */
export interface LoadedIds {
  /** With the containerd store: the index or manifest. Undefined where only reading the layers tells it. */
  readonly containerd: Digest | undefined;
  /** With any other store: the config. */
  readonly classic: Digest;
}

export function loadedIds(archive: ImageArchive, image: Image): LoadedIds {
  return {
    containerd: isMislabelled(image) ? undefined : rootFor(archive, image)?.digest,
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
function rootFor(archive: ImageArchive, image: Image): Document | undefined {
  return archive.identity === "index.json" ? image.manifest : archive.root;
}

/**
 * Whether its manifest calls a compressed layer uncompressed. As a docker archive, of which containerd makes a manifest
 * from what it finds, it can be loaded.
 */
export function isMislabelled({ layers }: Image): boolean {
  return layers.some((layer) => layer.isMislabelled === true);
}
