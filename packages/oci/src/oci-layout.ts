import { formatPlatform, isSamePlatform, isUnknownPlatform, type Platform } from "@release-actions/platform";
import type { ArchiveFiles } from "./archive-files.ts";
import { missingBlob, readBlob, readFile } from "./blobs.ts";
import { blobPath, type Digest, digestOf } from "./digest.ts";
import { type Descriptor, MAX_MANIFEST_BYTES, parseIndex, parseLayoutVersion, parseMediaType } from "./documents.ts";
import { ImageArchiveError } from "./error.ts";
import type { Document, Image, ImageArchive } from "./image-archive.ts";
import { namesOf } from "./image-names.ts";
import { documentKind, OCI_INDEX } from "./media-types.ts";
import { readOciImage } from "./oci-image.ts";

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
  /** Media types of what else the indexes list. */
  readonly otherTypes: Set<string>;
}

/** Reads an OCI image layout (image-layout.md) from the files of an archive. */
export async function readOciLayout(files: ArchiveFiles): Promise<ImageArchive> {
  await requireLayoutFile(files);
  const indexBytes = await readFile(files, "index.json", MAX_MANIFEST_BYTES);
  const said = parseMediaType(indexBytes, "index.json");
  if (said !== undefined && said !== OCI_INDEX) {
    throw new ImageArchiveError("malformed", `index.json says it is ${said}, expected ${OCI_INDEX}`);
  }
  const index = parseIndex(indexBytes, "index.json");
  const walk: Walk = { files, documents: new Map(), images: [], absentPlatforms: [], otherTypes: new Set() };
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
    names: [...new Set(index.manifests.flatMap(namesOf))],
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
  const kind = documentKind(descriptor.mediaType);
  if (kind !== "index" && kind !== "manifest") {
    // Unknown media types are to be passed over (image-index.md, "manifests").
    walk.otherTypes.add(descriptor.mediaType);
    return;
  }
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
    if (depth === 1) throw missingBlob(descriptor, "index.json names");
    if (isImage && descriptor.platform !== undefined) walk.absentPlatforms.push(descriptor.platform);
    return;
  }
  if (walk.documents.size >= MAX_DOCUMENTS) {
    throw new ImageArchiveError("limit", `more than ${MAX_DOCUMENTS} manifests`);
  }
  const bytes = await readBlob(walk.files, descriptor, MAX_MANIFEST_BYTES);
  requireMediaType(parseMediaType(bytes, descriptor.digest), descriptor);
  walk.documents.set(descriptor.digest, { mediaType: descriptor.mediaType, digest: descriptor.digest, bytes });
  if (kind === "index") {
    const index = parseIndex(bytes, descriptor.digest);
    for (const child of distinct(index.manifests)) await visit(child, walk, depth + 1);
  } else if (isImage) {
    const image = await readOciImage(descriptor, bytes, walk.files);
    if (image !== undefined) walk.images.push(image);
  }
}

function requireMediaType(said: string | undefined, descriptor: Descriptor): void {
  if (said === undefined || said === descriptor.mediaType) return;
  const message = `${descriptor.digest} is listed as ${descriptor.mediaType} and says it is ${said}`;
  throw new ImageArchiveError("mismatch", message);
}

function requireImages({ images, absentPlatforms, otherTypes }: Walk): void {
  if (images.length === 0) {
    const rest = [
      ...(absentPlatforms.length === 0
        ? []
        : [`${absentPlatforms.map(formatPlatform).join(", ")} without their content`]),
      ...[...otherTypes].map((mediaType) => JSON.stringify(mediaType)),
    ];
    const listed = rest.length === 0 ? "" : `; it lists ${rest.join(" and ")}`;
    throw new ImageArchiveError("not-an-image", `the index has no image in it${listed}`);
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
