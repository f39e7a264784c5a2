import { decodeJson, listOf, mapOf, object, optional } from "@release-actions/json";
import { type Digest, digestOf } from "@release-actions/oci";
import type { RegistryDocument } from "@release-actions/registry-client";

/** Registries limit manifests to 4 MiB (distribution spec, "Pushing manifests"). */
export const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;

/** A blob or document that takes the place of another. */
export interface Replacement {
  readonly digest: Digest;
  /** In bytes. */
  readonly size: number;
}

const any = (value: unknown): unknown => value;
const described = object({ annotations: optional(mapOf(any)) });
const document = object({ subject: optional(any), manifests: optional(listOf(described), []) });

/** Whether one of these speaks of another by its digest, as attestations and signatures do. */
export function hasStatements(documents: readonly RegistryDocument[]): boolean {
  return documents.some(({ bytes, digest }) => {
    const { subject, manifests } = decodeJson(bytes, document, { source: digest, maxBytes: MAX_MANIFEST_BYTES });
    return subject !== undefined || manifests.some(({ annotations }) => annotations?.has("vnd.docker.reference.type"));
  });
}

/**
 * The documents of an image whose layers were compressed with gzip: descriptors get the digest, size and media type of
 * what took the layer's place, and documents that changed get other digests, up to the root. The rest stays as it is.
 *
 * @param documents each after those it refers to
 * @param compressed by the digest of the layer as it was
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

/** What a layer is called when it is compressed with gzip (OCI image spec, media-types.md; Docker's schema 2). */
function gzipType(mediaType: unknown): unknown {
  const [, tar] = /^(application\/vnd\..*\.tar)(?:[.+](?:gzip|zstd|xz|bzip2))?$/.exec(String(mediaType)) ?? [];
  if (tar === undefined) return mediaType;
  return tar.startsWith("application/vnd.oci.") ? `${tar}+gzip` : `${tar}.gzip`;
}
