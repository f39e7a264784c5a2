import type { Engine } from "@release-actions/docker";
import type { Compression, Image } from "@release-actions/oci";

export const COMPRESSIONS: readonly Compression[] = ["gzip", "zstd", "xz", "bzip2"];

/** The first Docker that unpacks zstd (release notes of 23.0). */
const ZSTD_SINCE = 23;

/**
 * Whether an engine unpacks layers of this compression. Docker's other stores unpack xz (by a program that must be there)
 * and bzip2 where containerd does not, and podman does; as they are rare, no engine is asked to.
 */
export function unpacks({ product, containerdStore, version }: Engine, compression: Compression): boolean {
  if (compression === "xz" || compression === "bzip2") return false;
  return (
    compression !== "zstd" || product === "podman" || containerdStore || Number.parseInt(version, 10) >= ZSTD_SINCE
  );
}

/** Says which of its layers the engine cannot unpack; undefined where it unpacks all. */
export function notUnpacked(engine: Engine, { layers }: Image): string | undefined {
  const found = new Set(layers.map(({ compression }) => compression).filter((it) => !unpacks(engine, it)));
  if (found.size === 0) return undefined;
  const who = found.has("zstd") ? `Docker ${engine.version} cannot unpack` : "not every engine unpacks";
  return `${who} ${[...found].join(" and ")} layers`;
}
