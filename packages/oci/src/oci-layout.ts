import type { ArchiveFiles } from "./archive-files.ts";
import { algorithmOf, blobPath, type Digest, digestOf } from "./digest.ts";
import {
  type Descriptor,
  MAX_CONFIG_BYTES,
  MAX_MANIFEST_BYTES,
  parseConfig,
  parseIndex,
  parseLayoutVersion,
  parseManifest,
} from "./documents.ts";
import { ImageArchiveError } from "./error.ts";
import type { Document, Image, ImageArchive, Layer } from "./image-archive.ts";
import { isImageName, isReferenceName } from "./image-name.ts";
import { requireCompression } from "./layer-content.ts";
import { documentKind, layerCompression, OCI_INDEX } from "./media-types.ts";
import { formatPlatform, isSamePlatform, isUnknownPlatform, type Platform } from "./platform.ts";

/** An index of an index is common; more depth only serves to exhaust. */
export const MAX_INDEX_DEPTH = 4;
/** All platforms of the largest official image, several times. */
export const MAX_DOCUMENTS = 512;

/** What one walk over the indexes collects. */
interface Walk {
  readonly files: ArchiveFiles;
  readonly documents: Map<Digest, Document>;
  readonly images: Image[];
  readonly absentPlatforms: Platform[];
}

/** Reads an OCI image layout (image-layout.md) from the files of an archive. */
export async function readOciLayout(files: ArchiveFiles): Promise<ImageArchive> {
  await requireLayoutFile(files);
  const indexBytes = await readFile(files, "index.json", MAX_MANIFEST_BYTES);
  const index = parseIndex(indexBytes, "index.json");
  if (index.mediaType !== undefined && index.mediaType !== OCI_INDEX) {
    throw new ImageArchiveError("malformed", `index.json says it is ${index.mediaType}, expected ${OCI_INDEX}`);
  }
  const walk: Walk = { files, documents: new Map(), images: [], absentPlatforms: [] };
  const entries = distinct(index.manifests);
  for (const descriptor of entries) await visit(descriptor, walk, 1);
  requireImages(walk);
  const whole: Document = { mediaType: OCI_INDEX, digest: digestOf(indexBytes), bytes: indexBytes };
  const only = entries.length === 1 ? walk.documents.get(entries[0]?.digest ?? whole.digest) : undefined;
  const root = only ?? whole;
  walk.documents.set(root.digest, root);
  return {
    kind: "oci-layout",
    digest: root.digest,
    identity: only === undefined ? "index.json" : "descriptor",
    root,
    names: [...new Set(index.manifests.flatMap(nameOf))],
    images: walk.images,
    absentPlatforms: walk.absentPlatforms,
    documents: walk.documents,
  };
}

async function requireLayoutFile(files: ArchiveFiles): Promise<void> {
  if (files.size("oci-layout") === undefined) {
    throw new ImageArchiveError("not-an-image", "there is an index.json but no `oci-layout` file beside it");
  }
  const version = parseLayoutVersion(await readFile(files, "oci-layout", 1024));
  if (version !== "1.0.0") {
    throw new ImageArchiveError("unsupported", `the OCI layout has version ${JSON.stringify(version)}, expected 1.0.0`);
  }
}

async function visit(descriptor: Descriptor, walk: Walk, depth: number): Promise<void> {
  if (depth > MAX_INDEX_DEPTH) {
    throw new ImageArchiveError("limit", `indexes are nested deeper than ${MAX_INDEX_DEPTH} levels`);
  }
  const known = walk.documents.get(descriptor.digest);
  if (known !== undefined) {
    requireMediaType(known.mediaType, descriptor);
    return;
  }
  const isImage = descriptor.platform === undefined || !isUnknownPlatform(descriptor.platform);
  if (walk.files.size(blobPath(descriptor.digest)) === undefined) {
    // `docker save` of a multi-platform image keeps the whole index and one platform's content.
    if (depth === 1) throw missing(descriptor, "index.json names");
    if (isImage && descriptor.platform !== undefined) walk.absentPlatforms.push(descriptor.platform);
    return;
  }
  const kind = documentKind(descriptor.mediaType);
  if (kind !== "index" && kind !== "manifest") {
    const message = `${descriptor.digest} is listed as ${descriptor.mediaType}, which is no manifest of an image`;
    throw new ImageArchiveError("unsupported", message);
  }
  if (walk.documents.size >= MAX_DOCUMENTS) {
    throw new ImageArchiveError("limit", `more than ${MAX_DOCUMENTS} manifests`);
  }
  const bytes = await readBlob(walk.files, descriptor, MAX_MANIFEST_BYTES);
  walk.documents.set(descriptor.digest, { mediaType: descriptor.mediaType, digest: descriptor.digest, bytes });
  if (kind === "index") {
    const index = parseIndex(bytes, descriptor.digest);
    requireMediaType(index.mediaType, descriptor);
    for (const child of distinct(index.manifests)) await visit(child, walk, depth + 1);
  } else if (isImage) {
    const image = await readImage(descriptor, bytes, walk.files);
    if (image !== undefined) walk.images.push(image);
  }
}

/** The image behind a manifest; undefined when it is another artifact, such as a signature. */
async function readImage(descriptor: Descriptor, bytes: Uint8Array, files: ArchiveFiles): Promise<Image | undefined> {
  const manifest = parseManifest(bytes, descriptor.digest);
  requireMediaType(manifest.mediaType, descriptor);
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

/** A blob that must be there, with the size and digest of its descriptor. */
async function readBlob(files: ArchiveFiles, descriptor: Descriptor, maxBytes: number): Promise<Uint8Array> {
  const path = blobPath(descriptor.digest);
  if (files.size(path) === undefined) throw missing(descriptor, "the archive refers to");
  requireSize(files, descriptor);
  const bytes = await readFile(files, path, maxBytes);
  const found = digestOf(bytes, algorithmOf(descriptor.digest));
  if (found === descriptor.digest) return bytes;
  throw new ImageArchiveError("mismatch", `the blob ${descriptor.digest} has the digest ${found}`);
}

async function readFile(files: ArchiveFiles, path: string, maxBytes: number): Promise<Uint8Array> {
  const size = files.size(path);
  if (size === undefined) throw new ImageArchiveError("not-an-image", `there is no ${path}`);
  if (size > maxBytes) {
    throw new ImageArchiveError("limit", `${path} has ${size} bytes, expected a document of at most ${maxBytes}`);
  }
  return await files.read(path);
}

function requireSize(files: ArchiveFiles, { digest, size }: Descriptor): void {
  const found = files.size(blobPath(digest));
  if (found === size) return;
  throw new ImageArchiveError("mismatch", `the blob ${digest} has ${found} bytes, its descriptor says ${size}`);
}

function requireMediaType(said: string | undefined, descriptor: Descriptor): void {
  if (said === undefined || said === descriptor.mediaType) return;
  const message = `${descriptor.digest} is listed as ${descriptor.mediaType} and says it is ${said}`;
  throw new ImageArchiveError("mismatch", message);
}

/** The index decides what a platform gets, the config what runs: they must agree. */
function requireConfigPlatform({ platform, digest }: Descriptor, config: Platform): void {
  if (platform === undefined) return;
  if (platform.os === config.os && platform.architecture === config.architecture) return;
  const message = `${digest} is listed for ${formatPlatform(platform)}, its config is for ${formatPlatform(config)}`;
  throw new ImageArchiveError("mismatch", message);
}

function requireImages({ images, absentPlatforms }: Walk): void {
  if (images.length === 0) {
    const elsewhere = absentPlatforms.map(formatPlatform).join(", ");
    const rest = elsewhere === "" ? "" : `; it lists ${elsewhere} without their content`;
    throw new ImageArchiveError("not-an-image", `the index has no image in it${rest}`);
  }
  for (const [position, image] of images.entries()) {
    const twin = images.slice(0, position).find(({ platform }) => isSamePlatform(platform, image.platform));
    if (twin === undefined) continue;
    const message = `there are two images for ${formatPlatform(image.platform)}: ${twin.manifest?.digest} and ${image.manifest?.digest}`;
    throw new ImageArchiveError("ambiguous", message, { advice: "Save one image in one archive." });
  }
}

/** Buildkit lists one image once for each of its names. */
function distinct(descriptors: readonly Descriptor[]): readonly Descriptor[] {
  const identity = ({ digest, mediaType, size, platform }: Descriptor): string =>
    [digest, mediaType, size, platform && formatPlatform(platform)].join(" ");
  return [...new Map(descriptors.map((descriptor) => [identity(descriptor), descriptor])).values()];
}

function nameOf({ annotations }: Descriptor): string[] {
  const name = annotations.get("io.containerd.image.name");
  const reference = annotations.get("org.opencontainers.image.ref.name");
  if (name !== undefined && !isImageName(name)) throw badName(name);
  if (reference !== undefined && !isReferenceName(reference)) throw badName(reference);
  // A reference alone is most often only a tag.
  const whole = name ?? (reference?.includes("/") === true && isImageName(reference) ? reference : undefined);
  return whole === undefined ? [] : [whole];
}

function badName(name: string): ImageArchiveError {
  return new ImageArchiveError("malformed", `${JSON.stringify(name)} in index.json is no name of an image`);
}

function missing({ digest }: Descriptor, who: string): ImageArchiveError {
  return new ImageArchiveError("missing", `${who} the blob ${digest}, which the archive does not hold`);
}
