/** Media types of the OCI image spec 1.1 (media-types.md) and of Docker's schema 2, by what they are. */
const MEDIA_TYPES = {
  index: ["application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json"],
  manifest: ["application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json"],
  config: [
    "application/vnd.oci.image.config.v1+json",
    "application/vnd.docker.container.image.v1+json",
    // What registries and builders have called configs of images (moby, distribution/registry.go, "ImageTypes").
    "application/octet-stream",
    "application/json",
    "text/html",
    "",
  ],
} as const;

/** What people call artifacts that are not images, by the beginning of their types. */
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

/** What an artifact is by its types, most telling first. */
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

/** What layers are found in. xz and bzip2 are not in the specification, yet Docker and podman unpack them. */
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

/** What a document of this media type is; undefined when we do not know it. */
export function documentKind(mediaType: string): keyof typeof MEDIA_TYPES | undefined {
  const kinds = ["index", "manifest", "config"] as const;
  return kinds.find((kind) => (MEDIA_TYPES[kind] as readonly string[]).includes(mediaType));
}

/** How a layer of this media type is compressed; undefined when it is not a layer of an image. */
export function layerCompression(mediaType: string): Compression | undefined {
  return LAYER_COMPRESSIONS.get(mediaType);
}
