import { formatPlatform, type Platform } from "@release-actions/platform";
import type { ArchiveFiles } from "./archive-files.ts";
import { readBlob, requireSize } from "./blobs.ts";
import { algorithmOf, blobPath, type Digest } from "./digest.ts";
import { type Descriptor, MAX_CONFIG_BYTES, parseConfig, parseManifest } from "./documents.ts";
import { ImageArchiveError } from "./error.ts";
import type { Image, Layer } from "./image-archive.ts";
import { requireCompression } from "./layer-content.ts";
import { documentKind, layerCompression } from "./media-types.ts";

/** The image behind a manifest; undefined when it is another artifact, such as a signature. */
export async function readOciImage(
  descriptor: Descriptor,
  bytes: Uint8Array,
  files: ArchiveFiles,
): Promise<Image | undefined> {
  const manifest = parseManifest(bytes, descriptor.digest);
  if (documentKind(manifest.config.mediaType) !== "config") return undefined;
  const config = parseConfig(
    await readBlob(files, manifest.config, MAX_CONFIG_BYTES),
    `the config ${manifest.config.digest}`,
  );
  requireConfigPlatform(descriptor, config);
  if (config.diffIds.length !== manifest.layers.length) {
    const message = `the manifest ${descriptor.digest} has ${manifest.layers.length} layers, its config ${config.diffIds.length} diff IDs`;
    throw new ImageArchiveError("mismatch", message);
  }
  const layers: Layer[] = [];
  const absent: Digest[] = [];
  for (const [index, layer] of manifest.layers.entries()) {
    // The lists are of one length, as was just required.
    const diffId = config.diffIds[index] ?? layer.digest;
    const read = await readLayer(layer, diffId, files);
    layers.push(read);
    if (files.size(read.path) === undefined) absent.push(layer.digest);
  }
  return {
    platform: descriptor.platform ?? config,
    manifest: { mediaType: descriptor.mediaType, digest: descriptor.digest, bytes },
    config: { digest: manifest.config.digest, size: manifest.config.size, path: blobPath(manifest.config.digest) },
    layers,
    missing: absent,
  };
}

async function readLayer(layer: Descriptor, diffId: Digest, files: ArchiveFiles): Promise<Layer> {
  const compression = layerCompression(layer.mediaType);
  if (compression === undefined) {
    const message = `the layer ${layer.digest} is ${layer.mediaType}, which is no layer an engine could unpack`;
    throw new ImageArchiveError("unsupported", message);
  }
  const path = blobPath(layer.digest);
  if (files.size(path) === undefined && layer.urls.length > 0) {
    const message = `the layer ${layer.digest} is foreign: the archive only tells where it may be fetched`;
    throw new ImageArchiveError("unsupported", message);
  }
  if (compression === "none" && algorithmOf(diffId) === algorithmOf(layer.digest) && diffId !== layer.digest) {
    const message = `the uncompressed layer ${layer.digest} has the diff ID ${diffId} in the config, expected its digest`;
    throw new ImageArchiveError("mismatch", message);
  }
  if (files.size(path) !== undefined) {
    requireSize(files, layer);
    await requireCompression(files, path, compression);
  }
  return { digest: layer.digest, size: layer.size, path, compression, diffId };
}

/** The index decides what a platform gets, the config what runs: they must agree. */
function requireConfigPlatform({ platform, digest }: Descriptor, config: Platform): void {
  if (platform === undefined) return;
  if (platform.os === config.os && platform.architecture === config.architecture) return;
  const message = `${digest} is listed for ${formatPlatform(platform)}, its config is for ${formatPlatform(config)}`;
  throw new ImageArchiveError("mismatch", message);
}
