import { tarFile } from "@release-actions/archive";
import type { Digest } from "./digest.ts";
import type { Document, Image, ImageArchive } from "./image-archive.ts";
import { type Compression, OCI_INDEX } from "./media-types.ts";

/** Compressions that podman and Docker's classic stores unpack but containerd does not. */
const BY_DOCKER_ALONE: ReadonlySet<Compression> = new Set(["xz", "bzip2"]);

/** The ids by which engines recognise an image that was loaded from the archive. */
export interface LoadedIds {
  /** With the containerd store: the digest of the index or manifest. Undefined when it depends on layers that must be read first. */
  readonly containerd: Digest | undefined;
  /** With any other store: the digest of the config. */
  readonly classic: Digest;
}

/** The ids that an engine gives the image when it is loaded from the archive. */
export function loadedIds(archive: ImageArchive, image: Image): LoadedIds {
  return {
    containerd: hasUnpackableLayers(image) ? rootFor(archive, image)?.digest : undefined,
    classic: image.config.digest,
  };
}

/** The files that complete blobs to an OCI layout of one image. The image has no name: the caller tags it after loading. */
export function* layoutTail(archive: ImageArchive, image: Image): Generator<Uint8Array> {
  const root = rootFor(archive, image);
  if (root === undefined) return;
  const descriptor = { mediaType: root.mediaType, digest: root.digest, size: root.bytes.length };
  yield tarFile("index.json", JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [descriptor] }));
  yield tarFile("oci-layout", JSON.stringify({ imageLayoutVersion: "1.0.0" }));
}

/** The document that the new `index.json` names: the archive's only root document, or else the image's own manifest. */
export function rootFor(archive: ImageArchive, image: Image): Document | undefined {
  return archive.identity === "index.json" || archive.identity === "manifest.json" ? image.manifest : archive.root;
}

/**
 * Whether containerd can unpack the layers with the image's own manifest: each compressed layer is declared as such, and
 * none is in xz or bzip2. Any other image is loaded as a docker archive, for which containerd generates a new manifest.
 */
export function hasUnpackableLayers({ layers }: Image): boolean {
  return layers.every(({ isMislabelled, compression }) => isMislabelled !== true && !BY_DOCKER_ALONE.has(compression));
}
