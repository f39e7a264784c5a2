import type { Engine } from "@release-actions/docker";
import type { Compression, Image } from "@release-actions/oci";

export const COMPRESSIONS: readonly Compression[] = ["gzip", "zstd", "xz", "bzip2"];

/** The first major version of Docker that unpacks zstd (release notes of 23.0). */
const ZSTD_SINCE = 23;

/**
 * Whether an engine can be expected to unpack layers of this compression. Some engines unpack xz and bzip2: podman, and
 * Docker without the containerd store (xz only if the program is installed). Both are rare, so they always count as not
 * supported.
 */
export function unpacks({ product, containerdStore, version }: Engine, compression: Compression): boolean {
  if (compression === "xz" || compression === "bzip2") return false;
  return (
    compression !== "zstd" || product === "podman" || containerdStore || Number.parseInt(version, 10) >= ZSTD_SINCE
  );
}

/** The start of a message that names the compressions that the engine cannot unpack; undefined if it can unpack all layers. */
export function notUnpacked(engine: Engine, { layers }: Image): string | undefined {
  const found = new Set(layers.map(({ compression }) => compression).filter((it) => !unpacks(engine, it)));
  if (found.size === 0) return undefined;
  const who = found.has("zstd") ? `Docker ${engine.version} cannot unpack` : "not every engine unpacks";
  return `${who} ${[...found].join(" and ")} layers`;
}
