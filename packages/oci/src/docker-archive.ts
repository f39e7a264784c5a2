import { isSamePlatform, type Platform } from "@release-actions/platform";
import { countOf } from "@release-actions/report";
import type { ArchiveFiles } from "./archive-files.ts";
import { readFile } from "./blobs.ts";
import { blobPath, type Digest, digestOf, parseDigest } from "./digest.ts";
import { type DockerImage, MAX_CONFIG_BYTES, MAX_MANIFEST_BYTES, parseConfig, parseDockerImages } from "./documents.ts";
import { ImageArchiveError } from "./error.ts";
import type { Document, Image, ImageArchive, Layer, RefusedImage } from "./image-archive.ts";
import { isNamed, noSuchImage, severalImages, withoutDigests } from "./image-names.ts";
import { compressionOf } from "./layer-content.ts";
import { DOCKER_CONFIG, DOCKER_LAYER, DOCKER_MANIFEST } from "./media-types.ts";

/**
 * Reads the archive format of `docker save` before version 25 and of many other tools: `manifest.json`, a config, and
 * layers that are identified only by their uncompressed content (the config's diff IDs). A manifest is generated,
 * so that the image can be served like any other.
 */
export async function readDockerArchive(files: ArchiveFiles, wanted?: string): Promise<ImageArchive> {
  const all = await readDockerImages(files);
  const listed = wanted === undefined ? all : await chosen(all, wanted, files);
  const distinct = [...new Map(listed.map((image) => [image.configPath, image])).values()];
  const platforms: Platform[] = [];
  for (const { configPath } of distinct) platforms.push(parseConfig(await readConfig(configPath, files), configPath));
  if (!platforms.every((platform, index) => isFirst(platform, platforms, index))) {
    throw severalImages(distinct.map(nameOf));
  }
  const images: Image[] = [];
  const refused: RefusedImage[] = [];
  for (const [index, image] of distinct.entries()) {
    try {
      images.push(await readImage(image, files));
    } catch (error) {
      if (!(error instanceof ImageArchiveError)) throw error;
      refused.push({ platform: platforms[index], error });
    }
  }
  if (images.length === 0) throw refused[0]?.error ?? noImages();
  return {
    kind: "docker-archive",
    ...(distinct.length === 1 ? identityOf(images) : await identityOfList(files)),
    names: [...new Set(listed.flatMap(({ repoTags }) => repoTags))],
    images,
    refused,
    absentPlatforms: [],
    documents: new Map(images.flatMap(({ manifest }) => (manifest === undefined ? [] : [[manifest.digest, manifest]]))),
  };
}

function isFirst(platform: Platform, platforms: readonly Platform[], index: number): boolean {
  return platforms.findIndex((other) => isSamePlatform(other, platform)) === index;
}

type Identity = Pick<ImageArchive, "digest" | "identity" | "root">;

function identityOf([image]: readonly Image[]): Identity {
  if (image === undefined) throw noImages();
  return { digest: image.config.digest, identity: "config", root: image.manifest };
}

/** The identity of an archive that lists an image for each of several platforms, as apko writes it: the digest of `manifest.json`. */
async function identityOfList(files: ArchiveFiles): Promise<Identity> {
  return { digest: digestOf(await files.read("manifest.json")), identity: "manifest.json", root: undefined };
}

/** The images that have the wanted name, or whose config has the wanted digest. */
async function chosen(
  all: readonly DockerImage[],
  wanted: string,
  files: ArchiveFiles,
): Promise<readonly DockerImage[]> {
  const found: DockerImage[] = [];
  for (const image of all) {
    const isConfig = wanted.startsWith("sha256:") && wanted === digestOf(await readConfig(image.configPath, files));
    if (isConfig || isNamed(image.repoTags, wanted)) found.push(image);
  }
  if (found.length === 0) throw noSuchImage(wanted, all.map(nameOf));
  return found;
}

function nameOf({ repoTags, configPath }: DockerImage): string {
  return repoTags[0] ?? configPath;
}

/** The images that `manifest.json` lists. */
export async function readDockerImages(files: ArchiveFiles): Promise<readonly DockerImage[]> {
  const images = parseDockerImages(await readFile(files, "manifest.json", MAX_MANIFEST_BYTES));
  if (images.length === 0) throw noImages();
  return images.map((image) => ({ ...image, repoTags: withoutDigests(image.repoTags) }));
}

async function readImage({ configPath, layerPaths }: DockerImage, files: ArchiveFiles): Promise<Image> {
  const bytes = await readConfig(configPath, files);
  const size = bytes.length;
  const digest = digestOf(bytes);
  requireNamedDigest(configPath, digest);
  const { diffIds, namesPlatform, ...platform } = parseConfig(bytes, configPath);
  if (diffIds.length !== layerPaths.length) {
    const message = `manifest.json lists ${countOf(layerPaths.length, "layer")}, the config ${countOf(diffIds.length, "diff ID")}`;
    throw new ImageArchiveError("mismatch", message);
  }
  const layers: Layer[] = [];
  for (const [index, path] of layerPaths.entries()) {
    // Both lists have the same length (checked above).
    layers.push(await readLayer(path, diffIds[index] ?? digest, files));
  }
  const config = { digest, size, path: configPath };
  return { platform, namesPlatform, manifest: manifestFor(config, layers), config, layers, missing: [] };
}

async function readConfig(path: string, files: ArchiveFiles): Promise<Uint8Array> {
  const size = requireFile(files, path, "the config");
  if (size <= MAX_CONFIG_BYTES) return await files.read(path);
  throw new ImageArchiveError("limit", `the config ${path} has ${size} bytes, expected at most ${MAX_CONFIG_BYTES}`);
}

async function readLayer(path: string, diffId: Digest, files: ArchiveFiles): Promise<Layer> {
  const size = requireFile(files, path, "the layer");
  const compression = await compressionOf(files, path);
  const plain = compression === "none" ? files.digest(path) : files.plainDigest(path);
  if (plain !== undefined && plain !== diffId) {
    const message = `the layer ${path} has the digest ${plain}, the config's diff ID says ${diffId}`;
    throw new ImageArchiveError("mismatch", message);
  }
  // The digest of a compressed layer that was not read can only come from its name; the reader of the blob verifies it.
  const named = namedDigest(path);
  // Some tools name a compressed file by the digest of its decompressed content.
  const stored = files.digest(path) ?? (named === diffId ? undefined : named);
  const digest = compression === "none" ? diffId : stored;
  return { digest, size, path, compression, diffId };
}

/**
 * Generates the manifest of an image that came without one, byte for byte as containerd does when it imports such an
 * archive (`archive/importer.go`). The image then has the same digest whichever way it reaches an engine.
 */
function manifestFor(config: Image["config"], layers: readonly Layer[]): Document | undefined {
  if (layers.some(({ digest }) => digest === undefined)) return undefined;
  const manifest = {
    schemaVersion: 2,
    mediaType: DOCKER_MANIFEST,
    config: { mediaType: DOCKER_CONFIG, digest: config.digest, size: config.size },
    layers: layers.map(({ digest, size, compression }) => ({
      mediaType: compression === "none" ? DOCKER_LAYER : `${DOCKER_LAYER}.${compression}`,
      digest,
      size,
    })),
  };
  const bytes = Buffer.from(JSON.stringify(manifest));
  return { mediaType: DOCKER_MANIFEST, digest: digestOf(bytes), bytes };
}

function requireFile(files: ArchiveFiles, path: string, what: string): number {
  const size = files.size(path);
  if (size !== undefined) return size;
  throw new ImageArchiveError("missing", `manifest.json names ${what} ${JSON.stringify(path)}, which is not there`);
}

/**
 * Requires that a config in `blobs/` has the digest in its name. The name of a config outside `blobs/` is not checked:
 * other tools ignore it, and people who edit a config keep its name.
 */
function requireNamedDigest(path: string, found: Digest): void {
  const named = path.startsWith("blobs/") ? namedDigest(path) : undefined;
  if (named === undefined || named === found) return;
  throw new ImageArchiveError("mismatch", `the config ${path} has the digest ${found}`);
}

/** The digest in a file's name, in each of the forms that archives use. */
function namedDigest(path: string): Digest | undefined {
  const [, hex] = /^(?:blobs\/sha256\/|sha256:)?([0-9a-f]{64})(?:\.json|\.tar\.(?:gz|zst|xz|bz2))?$/.exec(path) ?? [];
  const named = hex === undefined ? undefined : parseDigest(`sha256:${hex}`);
  return named !== undefined && path.startsWith("blobs/") && path !== blobPath(named) ? undefined : named;
}

function noImages(): ImageArchiveError {
  return new ImageArchiveError("not-an-image", "manifest.json lists no image");
}
