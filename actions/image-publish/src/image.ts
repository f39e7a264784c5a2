import type { PrefetchingSource } from "@release-actions/archive";
import { decodeJson, listOf, object, optional, string } from "@release-actions/json";
import {
  type Compression,
  type Digest,
  digestImageArchive,
  indexImageArchive,
  type Layer,
  requireOneImage,
} from "@release-actions/oci";
import { formatPlatform } from "@release-actions/platform";
import type { BlobUpload, RegistryDocument } from "@release-actions/registry-client";
import { Fault } from "@release-actions/report";
import { MAX_MANIFEST_BYTES } from "./compressed-documents.ts";

/** An image in the form in which it is pushed to a registry. */
export interface PushableImage {
  readonly root: RegistryDocument;
  readonly platforms: readonly string[];
  readonly blobs: readonly BlobUpload[];
  /** The manifests below the root, in an order in which each comes after those it refers to. */
  readonly documents: readonly RegistryDocument[];
  /** The compression of each layer that registries' clients do not unpack as it is, by the layer's digest. */
  readonly oddLayers: ReadonlyMap<string, Compression>;
}

/** Indexes an archive. Its layers are read only when they are pushed, and once for each registry. */
export async function readImage(label: string, source: PrefetchingSource, signal: AbortSignal): Promise<PushableImage> {
  const indexed = await indexImageArchive(source, signal);
  // A docker archive does not list the digests of compressed layers, so they must be read to compute them.
  const { archive, blobs } = indexed.archive.root === undefined ? await digestImageArchive(source, signal) : indexed;
  const { root, images, refused = [], absentPlatforms, absentDocuments = [] } = archive;
  requireOneImage(archive);
  if (images.length > 1 && root === undefined) {
    const found = images.map(({ platform }) => formatPlatform(platform)).join(", ");
    throw new Fault(`${label} is a docker archive of images for ${found}, without an index that combines them`, {
      advice: "Write an OCI archive: its index names one image for each platform.",
    });
  }
  if (root === undefined) throw new Fault(`${label} has no manifest, and none can be made for it`);
  const missing = images.flatMap((image) => image.missing);
  if (missing.length > 0 || absentPlatforms.length > 0) {
    const lost = [...missing, ...absentPlatforms.map(formatPlatform)];
    throw new Fault(`${label} lacks parts of its image: ${lost.join(", ")}`, {
      advice: "Build all platforms into one archive.",
    });
  }
  // A registry also accepts images that engines cannot load, such as those with encrypted layers.
  const broken = refused.find(({ error }) => error.problem !== "unsupported");
  if (broken !== undefined) throw broken.error;
  const denied = images.find((image) => image.denied !== undefined)?.denied;
  if (denied !== undefined) {
    throw new Fault(`${label} names the wrong platform for an image: ${denied}`, {
      advice: "Set the platform of that build; without it, the platform is that of the base image.",
    });
  }
  if (absentDocuments.length > 0) {
    throw new Fault(`${label} lists attestations that it does not contain: ${absentDocuments.join(", ")}`, {
      advice:
        "A registry does not accept an incomplete index: save the image with all of its content, or build it without attestations.",
    });
  }
  const others = [...archive.documents.values()].filter(({ digest }) => digest !== root.digest);
  const isDocument = (digest: Digest): boolean => digest === root.digest || archive.documents.has(digest);
  // Blobs that no manifest refers to are not part of the image.
  const descriptors = [root, ...others].flatMap(blobsOf);
  const named = new Set(descriptors.map(({ digest }) => digest));
  // Foreign layers need not be in the archive: a registry stores only their URLs.
  const absent = descriptors.filter(({ digest, urls }) => urls.length === 0 && !blobs.has(digest as Digest));
  if (absent.length > 0) {
    const digests = [...new Set(absent.map(({ digest }) => digest))].join(", ");
    throw new Fault(`${label} does not contain everything that its manifests name: ${digests}`, {
      advice: "Save the image with all of its content.",
    });
  }
  return {
    root,
    platforms: images.map(({ platform }) => formatPlatform(platform)),
    blobs: [...blobs]
      .filter(([digest]) => !isDocument(digest) && named.has(digest))
      .map(([digest, { offset, size }]) => ({ digest, size, read: () => source.read(offset, size, signal) })),
    documents: inOrder(others, archive.documents),
    oddLayers: new Map(images.flatMap((image) => image.layers).flatMap(oddLayer)),
  };
}

const described = object({ digest: string });
const listing = object({ manifests: optional(listOf(described), []) });

/** Sorts documents so that each comes after those it refers to. Digests make it impossible that two name each other. */
function inOrder(
  documents: readonly RegistryDocument[],
  byDigest: ReadonlyMap<string, RegistryDocument>,
): readonly RegistryDocument[] {
  const done = new Set<RegistryDocument>();
  const visit = (document: RegistryDocument): void => {
    const { bytes, digest } = document;
    const { manifests } = decodeJson(bytes, listing, { source: digest, maxBytes: MAX_MANIFEST_BYTES });
    for (const { digest: inner } of manifests) {
      const found = byDigest.get(inner);
      if (found !== undefined) visit(found);
    }
    done.add(document);
  };
  for (const document of documents) visit(document);
  return [...done];
}

function oddLayer({ compression, digest }: Layer): readonly (readonly [string, Compression])[] {
  return compression === "gzip" || compression === "zstd" || digest === undefined ? [] : [[digest, compression]];
}

/** `urls` are those from which a foreign layer can be downloaded. */
const blobDescriptor = object({ digest: string, urls: optional(listOf(string), []) });
const manifest = object({ config: optional(blobDescriptor), layers: optional(listOf(blobDescriptor), []) });

/** The blobs that a manifest refers to; an index refers to none. */
function blobsOf({ bytes, digest }: RegistryDocument) {
  const { config, layers } = decodeJson(bytes, manifest, { source: digest, maxBytes: MAX_MANIFEST_BYTES });
  return config === undefined ? layers : [config, ...layers];
}
