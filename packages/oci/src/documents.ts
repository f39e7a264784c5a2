import {
  type Decoder,
  decodeJson,
  integer,
  JsonError,
  listOf,
  literal,
  mapOf,
  object,
  optional,
  string,
  text,
} from "@release-actions/json";
import type { Platform } from "@release-actions/platform";
import { type Digest, digest } from "./digest.ts";
import { ImageArchiveError } from "./error.ts";
import { OCI_INDEX, OCI_MANIFEST } from "./media-types.ts";

/** The limit that registries set for manifests; far more than any index needs. */
export const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;
/** A config has a line of history for each layer; containerd stops at 20 MiB. */
export const MAX_CONFIG_BYTES = 8 * 1024 * 1024;

/** The architecture of an image that does not name one. */
export const ANY_ARCHITECTURE = "unknown";

/** A reference to content (OCI descriptor.md). */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  /** In bytes. */
  readonly size: number;
  readonly urls: readonly string[];
  readonly annotations: ReadonlyMap<string, string>;
  readonly platform: Platform | undefined;
}

export interface Index {
  readonly manifests: readonly Descriptor[];
}

export interface Manifest {
  readonly artifactType?: string | undefined;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

/** The fields that are read from an image's config (config.md). */
export interface ImageConfig extends Platform {
  /** Whether the config names both OS and architecture; a missing one is filled in. */
  readonly namesPlatform: boolean;
  readonly diffIds: readonly Digest[];
}

/** One image of Docker's `manifest.json`. */
export interface DockerImage {
  readonly configPath: string;
  readonly repoTags: readonly string[];
  readonly layerPaths: readonly string[];
}

/**
 * Decodes an object with these fields. Keys that differ from a field only in case are refused: engines are written in
 * Go, whose decoder would read `Layers` as `layers`, while this one would ignore it.
 */
function document<T extends object>(fields: { readonly [K in keyof T]: Decoder<T[K]> }): Decoder<T> {
  const decode = object<T>(fields);
  const known = new Map(Object.keys(fields).map((key) => [foldKey(key), key]));
  return (value, path) => {
    const decoded = decode(value, path);
    for (const key of Object.keys(value as object)) {
      const meant = known.get(foldKey(key));
      if (meant !== undefined && meant !== key) {
        throw new JsonError(
          `\`${path}\` has the key ${JSON.stringify(key)}, which other tools would read as "${meant}"`,
        );
      }
    }
    return decoded;
  };
}

/** Unicode's simple case folding, to the extent that Go's JSON decoder applies it: it also folds the long s and the Kelvin sign. */
function foldKey(key: string): string {
  return key.toUpperCase().toLowerCase();
}

/** A field that must be absent: a document with the fields of two kinds can be read as either (CVE-2021-41190). */
const absent: Decoder<undefined> = (value, path) => {
  if (value === undefined) return undefined;
  throw new JsonError(`\`${path}\` is not allowed in a document of this kind`);
};

const platformFields = document({
  os: text,
  architecture: text,
  variant: optional(string),
  "os.version": optional(string),
});

const platform: Decoder<Platform> = (value, path) => {
  const { "os.version": osVersion, ...rest } = platformFields(value, path);
  return { ...rest, osVersion };
};

const noAnnotations: ReadonlyMap<string, string> = new Map();

const descriptor: Decoder<Descriptor> = document({
  mediaType: text,
  digest,
  size: integer,
  urls: optional(listOf(string), []),
  annotations: optional(mapOf(string), noAnnotations),
  platform: optional(platform),
});

const index: Decoder<Index> = document({
  schemaVersion: optional(literal(2), 2),
  manifests: listOf(descriptor),
  config: absent,
  layers: absent,
  fsLayers: absent,
});

const manifest: Decoder<Manifest> = document({
  schemaVersion: optional(literal(2), 2),
  config: descriptor,
  // Go writes an empty list as null.
  layers: optional(listOf(descriptor), []),
  manifests: absent,
  fsLayers: absent,
  artifactType: optional(string),
});

/** The types that engines, written in Go, require here (config.md, "Properties"): for example, they refuse a `Cmd` that is a string. */
const runConfig = object({
  Cmd: optional(listOf(string)),
  Entrypoint: optional(listOf(string)),
  Env: optional(listOf(string)),
  Labels: optional(mapOf(string)),
  User: optional(string),
  WorkingDir: optional(string),
});

const config = document({
  // config.md requires both, but Skopeo and Docker accept a config without them; it then counts as Linux on any architecture.
  os: optional(string, ""),
  architecture: optional(string, ""),
  variant: optional(string),
  "os.version": optional(string),
  config: optional(runConfig),
  rootfs: document({ type: literal("layers"), diff_ids: optional(listOf(digest), []) }),
});

const manifestKind = document({ mediaType: optional(text), manifests: optional(listOf(descriptor)) });

const dockerImages = listOf(
  document({ Config: text, RepoTags: optional(listOf(string), []), Layers: optional(listOf(text), []) }),
);

/** In this and the next functions, `source` names the document in errors, such as "index.json". */
export function parseIndex(bytes: Uint8Array, source: string): Index {
  return decode(bytes, index, source, MAX_MANIFEST_BYTES);
}

export function parseManifest(bytes: Uint8Array, source: string): Manifest {
  return decode(bytes, manifest, source, MAX_MANIFEST_BYTES);
}

export function parseConfig(bytes: Uint8Array, source: string): ImageConfig {
  const found = decode(bytes, config, source, MAX_CONFIG_BYTES);
  return {
    os: found.os || "linux",
    architecture: found.architecture || ANY_ARCHITECTURE,
    variant: found.variant,
    osVersion: found["os.version"],
    namesPlatform: found.os !== "" && found.architecture !== "",
    diffIds: found.rootfs.diff_ids,
  };
}

/** The `mediaType` that an index or manifest declares; undefined when it declares none. */
export function parseMediaType(bytes: Uint8Array, source: string): string | undefined {
  return decode(bytes, document({ mediaType: optional(text) }), source, MAX_MANIFEST_BYTES).mediaType;
}

/** The media type of a manifest or index, whose own `mediaType` is optional (OCI image spec, manifest.md, "mediaType"). */
export function parseManifestKind(bytes: Uint8Array, source: string): string {
  const { mediaType, manifests } = decode(bytes, manifestKind, source, MAX_MANIFEST_BYTES);
  return mediaType ?? (manifests === undefined ? OCI_MANIFEST : OCI_INDEX);
}

/** The version in a layout's `oci-layout` file (image-layout.md). */
export function parseLayoutVersion(bytes: Uint8Array): string {
  return decode(bytes, document({ imageLayoutVersion: text }), "oci-layout", 1024).imageLayoutVersion;
}

export function parseDockerImages(bytes: Uint8Array): readonly DockerImage[] {
  const images = decode(bytes, dockerImages, "manifest.json", MAX_MANIFEST_BYTES);
  return images.map(({ Config, RepoTags, Layers }) => ({
    configPath: memberPath(Config),
    repoTags: RepoTags,
    layerPaths: Layers.map(memberPath),
  }));
}

/** `./a/layer.tar` and `/a/layer.tar` are the member `a/layer.tar`. */
function memberPath(path: string): string {
  return path
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");
}

function decode<T>(bytes: Uint8Array, decoder: Decoder<T>, source: string, maxBytes: number): T {
  try {
    return decodeJson(bytes, decoder, { source, maxBytes, strict: true });
  } catch (cause) {
    if (!(cause instanceof JsonError)) throw cause;
    throw new ImageArchiveError("malformed", cause.message, { cause });
  }
}
