/** Media types of the OCI image spec 1.1 (media-types.md) and of Docker's schema 2, by what they are. */
const MEDIA_TYPES = {
  index: ["application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json"],
  manifest: ["application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json"],
  config: ["application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json"],
} as const;

export const OCI_INDEX = MEDIA_TYPES.index[0];
export const DOCKER_MANIFEST = MEDIA_TYPES.manifest[1];
export const DOCKER_CONFIG = MEDIA_TYPES.config[1];
const OCI_LAYER = "application/vnd.oci.image.layer.v1.tar";
export const DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar";

export type Compression = "none" | "gzip" | "zstd";

const LAYER_COMPRESSIONS: ReadonlyMap<string, Compression> = new Map([
  [OCI_LAYER, "none"],
  [`${OCI_LAYER}+gzip`, "gzip"],
  [`${OCI_LAYER}+zstd`, "zstd"],
  ["application/vnd.oci.image.layer.nondistributable.v1.tar", "none"],
  ["application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", "gzip"],
  ["application/vnd.oci.image.layer.nondistributable.v1.tar+zstd", "zstd"],
  [DOCKER_LAYER, "none"],
  [`${DOCKER_LAYER}.gzip`, "gzip"],
  [`${DOCKER_LAYER}.zstd`, "zstd"],
  ["application/vnd.docker.image.rootfs.foreign.diff.tar", "none"],
  ["application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", "gzip"],
]);

/** What a document of this media type is; undefined when we do not know it. */
export function documentKind(mediaType: string): keyof typeof MEDIA_TYPES | undefined {
  const kinds = ["index", "manifest", "config"] as const;
  return kinds.find((kind) => (MEDIA_TYPES[kind] as readonly string[]).includes(mediaType));
}

/** How a layer of this media type is compressed; undefined when it is no layer of an image. */
export function layerCompression(mediaType: string): Compression | undefined {
  return LAYER_COMPRESSIONS.get(mediaType);
}
