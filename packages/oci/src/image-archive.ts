import type { Platform } from "@release-actions/platform";
import type { Digest } from "./digest.ts";
import type { ImageArchiveError } from "./error.ts";
import type { Compression } from "./media-types.ts";

/** A manifest or index as it is served. */
export interface Document {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly bytes: Uint8Array;
}

/** A file of the archive that is part of an image. */
export interface Blob {
  /** Undefined for a compressed layer of a docker archive: its digest is only known when it has been read. */
  readonly digest: Digest | undefined;
  /** In bytes. */
  readonly size: number;
  readonly path: string;
}

export interface Layer extends Blob {
  readonly compression: Compression;
  /** The digest of the layer's uncompressed tar, as the config tells it. */
  readonly diffId: Digest;
  /** It is compressed and its media type says that it is not: containerd then unpacks noise. */
  readonly isMislabelled?: boolean;
  /** Where the archive says that it is, and does not contain it, as of layers of Windows (OCI image spec, descriptor.md, "urls"). */
  readonly foreignUrls?: readonly string[];
}

/** One image for one platform. */
export interface Image {
  readonly platform: Platform;
  /** False when its config does not say what it is for: engines then find it only when no platform is asked for. */
  readonly namesPlatform: boolean;
  /** Why it is not for the platform that the index lists it for; undefined where its config agrees. */
  readonly denied?: string;
  /** Which entry of `index.json` it comes from; archives of one image have one. */
  readonly entry?: Digest;
  /** Undefined when it cannot be known without reading: see `Blob.digest`. */
  readonly manifest: Document | undefined;
  readonly config: Blob & { readonly digest: Digest };
  readonly layers: readonly Layer[];
  /** Digests of layers that the archive does not hold, although it holds the rest of this image. */
  readonly missing: readonly Digest[];
}

/** An image that is listed beside others and cannot be loaded. */
export interface RefusedImage {
  /** Undefined where the index does not say. */
  readonly platform: Platform | undefined;
  readonly entry?: Digest;
  readonly error: ImageArchiveError;
}

/** What an archive holds, all of it checked except the bytes of its layers. */
export interface ImageArchive {
  readonly kind: "oci-layout" | "docker-archive";
  /**
   * What the archive is known by: the one descriptor of `index.json`; of several, `index.json` itself; of a
   * docker archive, the config, or `manifest.json` where that lists an image for each of several platforms.
   */
  readonly digest: Digest;
  /** What has that digest. */
  readonly identity: "descriptor" | "index.json" | "config" | "manifest.json";
  /** The index or manifest with that digest; for a docker archive of one image, the manifest made for it. */
  readonly root: Document | undefined;
  /** Names given to it, `localhost/app:1`; often none. As they stand in the archive: no grammar is promised. */
  readonly names: readonly string[];
  /** In the order of the index, without attestations and other artifacts. */
  readonly images: readonly Image[];
  /** Of several images, those that cannot be loaded: only those who want one of them are stopped. */
  readonly refused?: readonly RefusedImage[];
  /** Platforms that an index lists and the archive has no manifest for. */
  readonly absentPlatforms: readonly Platform[];
  /** Manifests that an index lists and the archive does not hold, those of attestations included. */
  readonly absentDocuments?: readonly Digest[];
  /** Every manifest and index that is there, by digest, also those of attestations. */
  readonly documents: ReadonlyMap<Digest, Document>;
}
