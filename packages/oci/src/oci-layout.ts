import { formatPlatform, isUnknownPlatform, type Platform } from "@release-actions/platform";
import type { ArchiveFiles } from "./archive-files.ts";
import { missingBlob, readBlob, readFile } from "./blobs.ts";
import { blobPath, type Digest, digestOf } from "./digest.ts";
import { type Descriptor, MAX_MANIFEST_BYTES, parseIndex, parseLayoutVersion, parseMediaType } from "./documents.ts";
import { ImageArchiveError } from "./error.ts";
import type { Document, Image, ImageArchive, RefusedImage } from "./image-archive.ts";
import { isNamed, namesOf, noSuchImage } from "./image-names.ts";
import { artifactName, documentKind, OCI_INDEX } from "./media-types.ts";
import { readOciImage } from "./oci-image.ts";

/** An index of an index is common. Deeper nesting has no honest use and could exhaust memory. */
export const MAX_INDEX_DEPTH = 4;
/** Several times the number of platforms of the largest official image. */
export const MAX_DOCUMENTS = 512;

/** The results that one walk over the indexes collects. */
interface Walk {
  readonly files: ArchiveFiles;
  readonly documents: Map<Digest, Document>;
  readonly images: Image[];
  readonly refused: RefusedImage[];
  readonly absentPlatforms: Platform[];
  readonly absentDocuments: Digest[];
  /** The usual names of other artifacts that the indexes list. */
  readonly others: Set<string>;
  /** The entry of `index.json` below which the walk currently is. */
  readonly entry?: Digest;
}

/** Reads an OCI image layout (image-layout.md) from the files of an archive. */
export async function readOciLayout(files: ArchiveFiles, wanted?: string): Promise<ImageArchive> {
  await requireLayoutFile(files);
  const indexBytes = await readFile(files, "index.json", MAX_MANIFEST_BYTES);
  const said = parseMediaType(indexBytes, "index.json");
  if (said !== undefined && documentKind(said) !== "index") {
    throw new ImageArchiveError("malformed", `index.json has the media type ${said}, expected ${OCI_INDEX}`);
  }
  const index = parseIndex(indexBytes, "index.json");
  const walk: Walk = {
    files,
    documents: new Map(),
    images: [],
    refused: [],
    absentPlatforms: [],
    absentDocuments: [],
    others: new Set(),
  };
  const entries = distinct(chooseEntries(index.manifests, wanted));
  for (const descriptor of entries) await visit(descriptor, { ...walk, entry: descriptor.digest }, 1);
  requireImages(walk);
  const whole: Document = { mediaType: said ?? OCI_INDEX, digest: digestOf(indexBytes), bytes: indexBytes };
  const only = entries.length === 1 ? walk.documents.get(entries[0]?.digest ?? whole.digest) : undefined;
  const root = only ?? whole;
  walk.documents.set(root.digest, root);
  return {
    kind: "oci-layout",
    digest: root.digest,
    identity: only === undefined ? "index.json" : "descriptor",
    root,
    names: [...new Set(index.manifests.flatMap(namesOf))],
    images: walk.images,
    refused: walk.refused,
    absentPlatforms: walk.absentPlatforms,
    absentDocuments: walk.absentDocuments,
    documents: walk.documents,
  };
}

async function requireLayoutFile(files: ArchiveFiles): Promise<void> {
  if (files.size("oci-layout") === undefined) {
    // skopeo and podman read a layout without this file too, and the archive for an engine gets a new one.
    if (files.paths.some((path) => path.startsWith("blobs/"))) return;
    throw new ImageArchiveError("not-an-image", "there is an index.json, but neither `oci-layout` nor blobs beside it");
  }
  const version = parseLayoutVersion(await readFile(files, "oci-layout", 1024));
  if (version !== "1.0.0") {
    throw new ImageArchiveError("unsupported", `the OCI layout has version ${JSON.stringify(version)}, expected 1.0.0`);
  }
}

async function visit(descriptor: Descriptor, walk: Walk, depth: number): Promise<void> {
  const kind = documentKind(descriptor.mediaType);
  if (kind !== "index" && kind !== "manifest") {
    // The specification says to skip unknown media types (image-index.md, "manifests").
    walk.others.add(artifactName([descriptor.mediaType]));
    return;
  }
  if (depth > MAX_INDEX_DEPTH) {
    throw new ImageArchiveError("limit", `indexes are nested deeper than ${MAX_INDEX_DEPTH} levels`);
  }
  if (walk.documents.has(descriptor.digest)) return;
  const isImage = descriptor.platform === undefined || !isUnknownPlatform(descriptor.platform);
  if (walk.files.size(blobPath(descriptor.digest)) === undefined) {
    // `docker save` of a multi-platform image keeps the whole index and one platform's content.
    if (depth === 1) throw missingBlob(descriptor, "index.json names");
    walk.absentDocuments.push(descriptor.digest);
    if (isImage && descriptor.platform !== undefined) walk.absentPlatforms.push(descriptor.platform);
    return;
  }
  if (walk.documents.size >= MAX_DOCUMENTS) {
    throw new ImageArchiveError("limit", `more than ${MAX_DOCUMENTS} manifests`);
  }
  const bytes = await readBlob(walk.files, descriptor, MAX_MANIFEST_BYTES);
  const mediaType = ownMediaType(parseMediaType(bytes, descriptor.digest), descriptor);
  const document = { mediaType, digest: descriptor.digest, bytes };
  walk.documents.set(descriptor.digest, document);
  if (kind === "index") {
    const index = parseIndex(bytes, descriptor.digest);
    for (const child of distinct(index.manifests)) await visit(child, walk, depth + 1);
  } else if (isImage) {
    await visitImage(descriptor, document, walk);
  }
}

async function visitImage(descriptor: Descriptor, document: Document, walk: Walk): Promise<void> {
  const entry = walk.entry === undefined ? {} : { entry: walk.entry };
  try {
    const image = await readOciImage(descriptor, document, walk.files);
    if (typeof image === "string") walk.others.add(image);
    else walk.images.push({ ...image, ...entry });
  } catch (error) {
    if (!(error instanceof ImageArchiveError)) throw error;
    walk.refused.push({ platform: descriptor.platform, error, ...entry });
  }
}

/** The media type that the document declares, because registries and engines use that one. The descriptor may name the equivalent type (OCI or Docker). */
function ownMediaType(said: string | undefined, descriptor: Descriptor): string {
  if (said === undefined || said === descriptor.mediaType) return descriptor.mediaType;
  if (documentKind(said) === documentKind(descriptor.mediaType)) return said;
  const message = `${descriptor.digest} is listed as ${descriptor.mediaType} but its media type is ${said}`;
  throw new ImageArchiveError("mismatch", message);
}

/** The entries of `index.json` with the wanted name or digest, or all entries when `wanted` is undefined. */
function chooseEntries(entries: readonly Descriptor[], wanted: string | undefined): readonly Descriptor[] {
  if (wanted === undefined) return entries;
  const chosen = entries.filter((entry) => entry.digest === wanted || isNamed(namesOf(entry), wanted));
  if (chosen.length > 0) return chosen;
  throw noSuchImage(
    wanted,
    entries.map((entry) => namesOf(entry)[0] ?? entry.digest),
  );
}

function requireImages({ images, refused, absentPlatforms, others }: Walk): void {
  if (images.length > 0) return;
  if (refused[0] !== undefined) throw refused[0].error;
  const platforms = absentPlatforms.map(formatPlatform).join(", ");
  const rest = [...(platforms === "" ? [] : [`images for ${platforms} without their content`]), ...others];
  const found = rest.length === 0 ? "" : `: it holds ${rest.join(" and ")}`;
  throw new ImageArchiveError("not-an-image", `the archive holds no image${found}`);
}

/** Removes duplicates: buildkit lists an image once for each of its names. */
function distinct(descriptors: readonly Descriptor[]): readonly Descriptor[] {
  const identity = ({ digest, mediaType, size, platform }: Descriptor): string =>
    [digest, mediaType, size, platform && formatPlatform(platform)].join(" ");
  return [...new Map(descriptors.map((descriptor) => [identity(descriptor), descriptor])).values()];
}
