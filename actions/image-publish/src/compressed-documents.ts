import { decodeJson, listOf, mapOf, object, optional } from "@release-actions/json";
import { type Digest, digestOf } from "@release-actions/oci";
import type { RegistryDocument } from "@release-actions/registry-client";

/** Registries limit manifests to 4 MiB (distribution spec, "Pushing manifests"). */
export const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;

/** The digest and size of a blob or document that replaces another. */
export interface Replacement {
  readonly digest: Digest;
  /** In bytes. */
  readonly size: number;
}

const any = (value: unknown): unknown => value;
const described = object({ annotations: optional(mapOf(any)) });
const document = object({ subject: optional(any), manifests: optional(listOf(described), []) });

/** Whether one of the documents refers to another by digest in order to describe it, as attestations do. */
export function hasStatements(documents: readonly RegistryDocument[]): boolean {
  return documents.some(({ bytes, digest }) => {
    const { subject, manifests } = decodeJson(bytes, document, { source: digest, maxBytes: MAX_MANIFEST_BYTES });
    return subject !== undefined || manifests.some(({ annotations }) => annotations?.has("vnd.docker.reference.type"));
  });
}

/**
 * Updates the documents of an image after its layers were compressed with gzip: each descriptor gets the digest, size
 * and media type of the new layer, and each changed document a new digest, up to the root. The rest stays as it is.
 *
 * @param documents in an order in which each comes after those it refers to
 * @param compressed the new layers, by the digests of the original ones
 */
export function withCompressedLayers(
  documents: readonly RegistryDocument[],
  compressed: ReadonlyMap<string, Replacement>,
): readonly RegistryDocument[] {
  const replaced = new Map(compressed);
  return documents.map((original) => {
    let hasChanged = false;
    const changed: unknown = JSON.parse(Buffer.from(original.bytes).toString(), (_, value) => {
      const replacement = isDescriptor(value) ? replaced.get(value.digest) : undefined;
      if (replacement === undefined) return value;
      hasChanged = true;
      return { ...value, mediaType: gzipType(value.mediaType), ...replacement };
    });
    if (!hasChanged) return original;
    const bytes = Buffer.from(JSON.stringify(changed));
    const digest = digestOf(bytes);
    replaced.set(original.digest, { digest, size: bytes.length });
    return { mediaType: original.mediaType, digest, bytes };
  });
}

function isDescriptor(value: unknown): value is { readonly digest: string; readonly mediaType: unknown } {
  return typeof value === "object" && value !== null && "digest" in value && typeof value.digest === "string";
}

/** The media type of a layer after compression with gzip (OCI image spec, media-types.md; Docker's schema 2). */
function gzipType(mediaType: unknown): unknown {
  const [, tar] = /^(application\/vnd\..*\.tar)(?:[.+](?:gzip|zstd|xz|bzip2))?$/.exec(String(mediaType)) ?? [];
  if (tar === undefined) return mediaType;
  return tar.startsWith("application/vnd.oci.") ? `${tar}+gzip` : `${tar}.gzip`;
}
