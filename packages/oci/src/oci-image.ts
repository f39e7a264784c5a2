import { formatPlatform, normalizePlatform, type Platform } from "@release-actions/platform";
import { countOf } from "@release-actions/report";
import type { ArchiveFiles } from "./archive-files.ts";
import { readBlob, requireSize } from "./blobs.ts";
import { algorithmOf, blobPath, type Digest } from "./digest.ts";
import {
  ANY_ARCHITECTURE,
  type Descriptor,
  type ImageConfig,
  MAX_CONFIG_BYTES,
  parseConfig,
  parseManifest,
} from "./documents.ts";
import { ImageArchiveError } from "./error.ts";
import type { Document, Image, Layer } from "./image-archive.ts";
import { compressionOf } from "./layer-content.ts";
import { artifactName, documentKind, layerCompression } from "./media-types.ts";

/** Reads the image that a manifest describes. If it is another kind of artifact, returns its usual name, such as "a signature". */
export async function readOciImage(
  descriptor: Descriptor,
  { bytes, mediaType }: Document,
  files: ArchiveFiles,
): Promise<Image | string> {
  const manifest = parseManifest(bytes, descriptor.digest);
  const { config: configDescriptor, layers: layerDescriptors } = manifest;
  const types = [
    manifest.artifactType,
    configDescriptor.mediaType,
    ...layerDescriptors.map(({ mediaType }) => mediaType),
  ];
  if (
    documentKind(configDescriptor.mediaType) !== "config" ||
    layerDescriptors.some(({ mediaType }) => isArtifact(mediaType))
  ) {
    return artifactName(types.filter((type) => type !== undefined));
  }
  const config = parseConfig(
    await readBlob(files, manifest.config, MAX_CONFIG_BYTES),
    `the config ${manifest.config.digest}`,
  );
  if (config.diffIds.length !== manifest.layers.length) {
    const message = `the manifest ${descriptor.digest} has ${countOf(manifest.layers.length, "layer")}, its config ${countOf(config.diffIds.length, "diff ID")}`;
    throw new ImageArchiveError("mismatch", message);
  }
  const layers: Layer[] = [];
  const absent: Digest[] = [];
  for (const [index, layer] of manifest.layers.entries()) {
    // Both lists have the same length (checked above).
    const diffId = config.diffIds[index] ?? layer.digest;
    const read = await readLayer(layer, diffId, files);
    layers.push(read);
    if (files.size(read.path) === undefined && read.foreignUrls === undefined) absent.push(layer.digest);
  }
  return {
    platform: inGoTerms(descriptor.platform ?? platformOf(config)),
    namesPlatform: config.namesPlatform,
    ...deniedPlatform(descriptor, config),
    manifest: { mediaType, digest: descriptor.digest, bytes },
    config: { digest: manifest.config.digest, size: manifest.config.size, path: blobPath(manifest.config.digest) },
    layers,
    missing: absent,
  };
}

/** Whether a layer's media type shows that the manifest is not an image. The layers of images are tars, whatever their media type. */
function isArtifact(mediaType: string): boolean {
  return /wasm|^application\/vnd\.(in-toto|cncf\.helm)/.test(mediaType);
}

async function readLayer(layer: Descriptor, diffId: Digest, files: ArchiveFiles): Promise<Layer> {
  const path = blobPath(layer.digest);
  const isThere = files.size(path) !== undefined;
  if (isThere) requireSize(files, layer);
  // Loaders detect the compression from the first bytes, and so does this; the media type decides only for a missing layer.
  const said = layerCompression(layer.mediaType);
  const compression = isThere ? await compressionOf(files, path) : (said ?? "none");
  if (said === undefined) {
    const what = layer.mediaType.includes("+encrypted") ? "is encrypted" : "is not a type of an image's layers";
    throw new ImageArchiveError(
      "unsupported",
      `the layer ${layer.digest} has the type ${layer.mediaType}, which ${what}`,
    );
  }
  if (compression === "none" && algorithmOf(diffId) === algorithmOf(layer.digest) && diffId !== layer.digest) {
    const message = `the uncompressed layer ${layer.digest} has the diff ID ${diffId} in the config, expected its digest`;
    throw new ImageArchiveError("mismatch", message);
  }
  const isMislabelled = said === "none" && compression !== "none";
  const isForeign = !isThere && layer.urls.length > 0;
  return {
    ...{ digest: layer.digest, size: layer.size, path, compression, diffId },
    ...(isMislabelled && { isMislabelled }),
    ...(isForeign && { foreignUrls: layer.urls }),
  };
}

/** Writes the architecture as Go does: engines ask for `amd64` even if the index says `x86_64`. */
function inGoTerms(platform: Platform): Platform {
  return { ...platform, architecture: normalizePlatform(platform).architecture };
}

function platformOf({ os, architecture, variant, osVersion }: ImageConfig): Platform {
  return { os, architecture, variant, osVersion };
}

/** The index decides which image a platform gets, the config what the image runs on. Both must mean the same platform, but may spell it differently. */
function deniedPlatform({ platform, digest }: Descriptor, config: ImageConfig): Pick<Image, "denied"> {
  if (platform === undefined || config.architecture === ANY_ARCHITECTURE) return {};
  const [listed, own] = [normalizePlatform(platform), normalizePlatform(config)];
  if (listed.os === own.os && listed.architecture === own.architecture) return {};
  return { denied: `${digest} is listed for ${formatPlatform(platform)}, its config is for ${formatPlatform(config)}` };
}
