import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { TAR_END, tarFile } from "@release-actions/archive";
import type { Compression } from "../media-types.ts";

/** Files of an archive by path; `undefined` leaves one out. */
export type Files = Record<string, Buffer | undefined>;
type Json = Record<string, unknown>;

export interface Described {
  mediaType: string;
  digest: string;
  size: number;
  [key: string]: unknown;
}

export const INDEX = "application/vnd.oci.image.index.v1+json";
export const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
export const CONFIG = "application/vnd.oci.image.config.v1+json";
export const LAYER = "application/vnd.oci.image.layer.v1.tar";

export function digestOf(bytes: Uint8Array, algorithm = "sha256"): string {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`;
}

export const pathOf = (digest: string): string => `blobs/${digest.replace(":", "/")}`;

/** Puts content under its digest and returns its descriptor. */
export function addBlob(
  files: Files,
  mediaType: string,
  content: Buffer | Json | string,
  algorithm = "sha256",
): Described {
  const bytes = Buffer.isBuffer(content)
    ? content
    : Buffer.from(typeof content === "string" ? content : JSON.stringify(content));
  const digest = digestOf(bytes, algorithm);
  files[pathOf(digest)] = bytes;
  return { mediaType, digest, size: bytes.length };
}

export interface CraftedImage {
  platform?: { os: string; architecture: string; variant?: string };
  /** A layer that is a string is a tar of one file with this content. */
  layers?: readonly (string | Buffer)[];
  compression?: Compression;
  algorithm?: "sha256" | "sha512";
  /** Changes to the config and the manifest, as JSON merges: a value replaces, `undefined` removes. */
  config?: Json;
  manifest?: Json;
}

const COMPRESS = {
  none: (bytes: Buffer) => bytes,
  gzip: (bytes: Buffer) => gzipSync(bytes),
  zstd: (bytes: Buffer) => zstdCompressSync(bytes),
  xz: (bytes: Buffer) => outputOf("xz", ["-c"], bytes),
  bzip2: (bytes: Buffer) => outputOf("bzip2", ["-c"], bytes),
};

/** The standard output of a program on this machine. */
export function outputOf(program: string, args: readonly string[], input?: Buffer): Buffer {
  const { stdout, stderr, status } = spawnSync(program, args, { input, maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`${program}: exit code ${status}\n${stderr}`);
  return stdout;
}

/** A layer's tar: one file with this content, unless it is a tar already. */
export function layerTar(content: string | Buffer): Buffer {
  if (Buffer.isBuffer(content)) return content;
  return Buffer.concat([tarFile("content", content), TAR_END]);
}

/** Adds an image and returns the descriptor of its manifest. */
export function addImage(files: Files, crafted: CraftedImage = {}): Described {
  const {
    platform = { os: "linux", architecture: "amd64" },
    layers = ["one", "two"],
    compression = "gzip",
    algorithm,
  } = crafted;
  const tars = layers.map(layerTar);
  const suffix = compression === "none" ? "" : `+${compression}`;
  const descriptors = tars.map((tar) => addBlob(files, LAYER + suffix, COMPRESS[compression](tar), algorithm));
  const config = addBlob(
    files,
    CONFIG,
    {
      ...platform,
      config: { Env: ["A=b"] },
      rootfs: { type: "layers", diff_ids: tars.map((tar) => digestOf(tar)) },
      ...crafted.config,
    },
    algorithm,
  );
  const manifest = { schemaVersion: 2, mediaType: MANIFEST, config, layers: descriptors, ...crafted.manifest };
  return { ...addBlob(files, MANIFEST, manifest, algorithm), platform };
}

/** Adds an attestation, as buildx does for each image of an index. */
export function addAttestation(files: Files, image: Described): Described {
  const statement = addBlob(files, "application/vnd.in-toto+json", {
    predicateType: "https://slsa.dev/provenance/v0.2",
    subject: image.digest,
  });
  const config = addBlob(files, CONFIG, {
    os: "unknown",
    architecture: "unknown",
    rootfs: { type: "layers", diff_ids: [statement.digest] },
  });
  return {
    ...addBlob(files, MANIFEST, { schemaVersion: 2, mediaType: MANIFEST, config, layers: [statement] }),
    platform: { os: "unknown", architecture: "unknown" },
    annotations: { "vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": image.digest },
  };
}

/** Adds an index of these and returns its descriptor. */
export function addIndex(files: Files, manifests: unknown[], more: Json = {}): Described {
  return addBlob(files, INDEX, { schemaVersion: 2, mediaType: INDEX, manifests, ...more });
}

/** Makes a layout of blobs: the index and the version file. */
export function layout(files: Files, manifests: unknown, more: Json = {}): Files {
  return {
    ...files,
    "index.json": Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests, ...more })),
    "oci-layout": Buffer.from(JSON.stringify({ imageLayoutVersion: "1.0.0" })),
  };
}

/** The simplest valid layout, in which a test can change one thing. */
export function soundLayout(crafted: CraftedImage = {}): Files {
  const files: Files = {};
  return layout(files, [addImage(files, crafted)]);
}

export interface CraftedDockerArchive {
  layers?: readonly (string | Buffer)[];
  compression?: Compression;
  config?: Json;
  /** Changes to the one entry of `manifest.json`. */
  entry?: Json;
  configPath?: string;
  layerPath?: (tar: Buffer, index: number, stored: Buffer) => string;
}

/** An archive as `docker save` wrote it before version 25. */
export function dockerArchive(crafted: CraftedDockerArchive = {}): Files {
  const files: Files = {};
  const tars = (crafted.layers ?? ["one", "two"]).map(layerTar);
  const config = Buffer.from(
    JSON.stringify({
      os: "linux",
      architecture: "amd64",
      rootfs: { type: "layers", diff_ids: tars.map((tar) => digestOf(tar)) },
      ...crafted.config,
    }),
  );
  const configPath = crafted.configPath ?? `${digestOf(config).slice(7)}.json`;
  files[configPath] = config;
  const layerPaths = tars.map((tar, index) => {
    const stored = COMPRESS[crafted.compression ?? "none"](tar);
    const path =
      crafted.layerPath?.(tar, index, stored) ?? `${digestOf(Buffer.from(`id ${index}`)).slice(7)}/layer.tar`;
    files[path] = stored;
    return path;
  });
  const entry = { Config: configPath, RepoTags: ["localhost/app:1"], Layers: layerPaths, ...crafted.entry };
  files["manifest.json"] = Buffer.from(JSON.stringify([entry]));
  return files;
}

/** The files as a tar, sorted by path as buildx and docker write them. */
export function tarOf(files: Files): Buffer {
  const paths = Object.keys(files).sort();
  return Buffer.concat([
    ...paths
      .map((path) => tarFile(path, files[path] ?? ""))
      .filter((_, index) => files[paths[index] ?? ""] !== undefined),
    TAR_END,
  ]);
}
