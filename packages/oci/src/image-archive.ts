import type { Platform } from "@release-actions/platform";
import type { Digest } from "./digest.ts";
import type { ImageArchiveError } from "./error.ts";
import type { Compression } from "./media-types.ts";

/** A manifest or index, with its exact bytes. */
export interface Document {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly bytes: Uint8Array;
}

/** A file of the archive that is part of an image. */
export interface Blob {
  /** Undefined for a compressed layer of a docker archive that has not been read yet. */
  readonly digest: Digest | undefined;
  /** In bytes. */
  readonly size: number;
  readonly path: string;
}

/** One layer of an image. */
export interface Layer extends Blob {
  readonly compression: Compression;
  /** The digest of the layer's uncompressed tar, from the config. */
  readonly diffId: Digest;
  /** The layer is compressed although its media type says that it is not: containerd would unpack the compressed bytes as a tar. */
  readonly isMislabelled?: boolean;
  /** Where to download a layer that the archive does not contain, as for Windows base layers (OCI image spec, descriptor.md, "urls"). */
  readonly foreignUrls?: readonly string[];
}

/** One image for one platform. */
export interface Image {
  readonly platform: Platform;
  /** False when the config does not name a platform: engines then find the image only when no platform is requested. */
  readonly namesPlatform: boolean;
  /** Describes the contradiction when the config names another platform than the index; undefined when they agree. */
  readonly denied?: string;
  /** The entry of `index.json` that the image comes from; an archive of one image has one entry. */
  readonly entry?: Digest;
  /** Undefined when the digest of a layer is not known yet: see `Blob.digest`. */
  readonly manifest: Document | undefined;
  readonly config: Blob & { readonly digest: Digest };
  readonly layers: readonly Layer[];
  /** Digests of the layers that are missing from the archive. */
  readonly missing: readonly Digest[];
}

/** An image that is listed beside others and cannot be loaded. */
export interface RefusedImage {
  /** Undefined when the index does not name one. */
  readonly platform: Platform | undefined;
  readonly entry?: Digest;
  readonly error: ImageArchiveError;
}

/** The content of an image archive. Everything is verified except the bytes of the layers. */
export interface ImageArchive {
  readonly kind: "oci-layout" | "docker-archive";
  /**
   * The digest that identifies the archive. In an OCI layout it is the digest of the only descriptor in `index.json`, or of
   * `index.json` itself when it has several descriptors. In a docker archive it is the digest of the config, or of
   * `manifest.json` when that lists an image for each of several platforms.
   */
  readonly digest: Digest;
  /** The object that has that digest. */
  readonly identity: "descriptor" | "index.json" | "config" | "manifest.json";
  /** The index or manifest with that digest; for a docker archive of one image, the manifest generated for it. */
  readonly root: Document | undefined;
  /** The names of the image, such as `localhost/app:1`; often empty. They are copied from the archive and may be malformed. */
  readonly names: readonly string[];
  /** In the order of the index, without attestations and other artifacts. */
  readonly images: readonly Image[];
  /** The images that cannot be loaded. They cause an error only when one of them is selected. */
  readonly refused?: readonly RefusedImage[];
  /** Platforms that an index lists although their manifests are not in the archive. */
  readonly absentPlatforms: readonly Platform[];
  /** Manifests that an index lists but that are not in the archive, including those of attestations. */
  readonly absentDocuments?: readonly Digest[];
  /** Every manifest and index in the archive by digest, including those of attestations. */
  readonly documents: ReadonlyMap<Digest, Document>;
}
