/** Media types of the OCI image spec 1.1 (media-types.md) and of Docker's schema 2, by kind of document. */
const MEDIA_TYPES = {
  index: ["application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json"],
  manifest: ["application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json"],
  config: [
    "application/vnd.oci.image.config.v1+json",
    "application/vnd.docker.container.image.v1+json",
    // Other types that registries and builders have used for image configs (moby, distribution/registry.go, "ImageTypes").
    "application/octet-stream",
    "application/json",
    "text/html",
    "",
  ],
} as const;

/** The usual names of artifacts that are not images, by patterns of their media types. */
const ARTIFACTS: readonly (readonly [RegExp, string])[] = [
  [/^application\/vnd\.cncf\.helm\./, "a Helm chart"],
  [/wasm/, "a WebAssembly module"],
  [/^application\/vnd\.docker\.plugin\./, "a Docker plugin"],
  [/^application\/vnd\.dev\.(cosign|sigstore)\./, "a signature"],
  [/^application\/vnd\.in-toto/, "an attestation"],
  [/(spdx|cyclonedx)/, "an SBOM"],
  [/^application\/vnd\.cncf\.flux\./, "a Flux artifact"],
  [/^application\/vnd\.docker\.ai\.|^application\/vnd\.cncf\.model\./, "a model"],
];

/** The usual name of an artifact, from its media types. The most specific type comes first. */
export function artifactName(types: readonly string[]): string {
  for (const type of types) {
    const name = ARTIFACTS.find(([pattern]) => pattern.test(type))?.[1];
    if (name !== undefined) return `${name} (${type})`;
  }
  return `an artifact of the type ${JSON.stringify(types[0] ?? "")}`;
}

export const OCI_INDEX = MEDIA_TYPES.index[0];
export const OCI_MANIFEST = MEDIA_TYPES.manifest[0];
export const DOCKER_MANIFEST = MEDIA_TYPES.manifest[1];
export const DOCKER_CONFIG = MEDIA_TYPES.config[1];
const OCI_LAYER = "application/vnd.oci.image.layer.v1.tar";
export const DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar";

/** The compressions that layers are found in. The specification does not have xz and bzip2, but Docker and podman unpack them. */
export type Compression = "none" | "gzip" | "zstd" | "xz" | "bzip2";

const LAYER_COMPRESSIONS: ReadonlyMap<string, Compression> = new Map([
  [OCI_LAYER, "none"],
  [`${OCI_LAYER}+gzip`, "gzip"],
  [`${OCI_LAYER}+zstd`, "zstd"],
  [`${OCI_LAYER}+xz`, "xz"],
  [`${OCI_LAYER}+bzip2`, "bzip2"],
  ["application/vnd.oci.image.layer.nondistributable.v1.tar", "none"],
  ["application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", "gzip"],
  ["application/vnd.oci.image.layer.nondistributable.v1.tar+zstd", "zstd"],
  [DOCKER_LAYER, "none"],
  [`${DOCKER_LAYER}.gzip`, "gzip"],
  [`${DOCKER_LAYER}.zstd`, "zstd"],
  [`${DOCKER_LAYER}.xz`, "xz"],
  [`${DOCKER_LAYER}.bzip2`, "bzip2"],
  ["application/vnd.docker.image.rootfs.foreign.diff.tar", "none"],
  ["application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", "gzip"],
]);

/** The kind of document that this media type stands for; undefined for an unknown type. */
export function documentKind(mediaType: string): keyof typeof MEDIA_TYPES | undefined {
  const kinds = ["index", "manifest", "config"] as const;
  return kinds.find((kind) => (MEDIA_TYPES[kind] as readonly string[]).includes(mediaType));
}

/** Whether a document of this media type is a manifest or an index, from which an image can be found. */
export function leadsToImage(mediaType: string): boolean {
  const kind = documentKind(mediaType);
  return kind === "index" || kind === "manifest";
}

/** How a layer of this media type is compressed; undefined when it is not a layer of an image. */
export function layerCompression(mediaType: string): Compression | undefined {
  return LAYER_COMPRESSIONS.get(mediaType);
}
