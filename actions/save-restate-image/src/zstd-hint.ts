import { formatBytes } from "@release-actions/report";
import type { CheckedFile } from "./check-file.ts";

/** Below this size, nobody would notice how the layers are compressed. */
const WORTH_BYTES = 10_000_000;

/** Advice that makes every consumer of the image faster; undefined when there is nothing to gain. */
export function zstdHint({
  archive,
  wrapping,
  size,
}: Pick<CheckedFile, "archive" | "wrapping" | "size">): string | undefined {
  if (wrapping !== "none" && size >= WORTH_BYTES) {
    return `The archive is compressed with ${wrapping} as a whole, so it must be read completely before any part can be used: save it uncompressed, and compress its layers with zstd.`;
  }
  const layers = new Map(archive.images.flatMap(({ layers }) => layers.map((layer) => [layer.path, layer])));
  const slow = [...layers.values()].filter(({ compression }) => compression !== "zstd");
  const bytes = slow.reduce((sum, layer) => sum + layer.size, 0);
  if (bytes < WORTH_BYTES) return undefined;
  const packed = new Set(slow.map(({ compression }) => compression).filter((it) => it !== "none"));
  const [now, gain] =
    packed.size > 0
      ? [[...packed].sort().join(" and "), "load in some 60 % of the time"]
      : ["not compressed", "are transferred in a fraction of the time"];
  return `${formatBytes(bytes)} of layers are ${now}. With zstd they ${gain}, in every job that uses them (engines from 23 on): \`docker buildx build --output type=oci,dest=restate.tar,compression=zstd,force-compression=true\`.`;
}
