import { detectFormat } from "@release-actions/archive";
import type { ArchiveFiles } from "./archive-files.ts";
import type { Compression } from "./media-types.ts";

/** The number of leading bytes that are needed to detect a layer's compression. */
export const LAYER_HEAD_BYTES = 10;

/** The magic number after `BZh1`: that of a block, or of the end of an empty file. `BZh` alone may also be the name of a tar's first file. */
const BZIP2_BLOCKS = ["314159265359", "177245385090"];

/** How a layer is compressed. Loaders detect this from the first bytes, and so does this function. */
export async function compressionOf(files: ArchiveFiles, path: string): Promise<Compression> {
  return compressionOfHead(await files.head(path));
}

/** @param head the first `LAYER_HEAD_BYTES` of the layer, or all of a shorter one */
export function compressionOfHead(head: Uint8Array): Compression {
  const format = detectFormat(head.subarray(0, LAYER_HEAD_BYTES));
  if (format === "bzip2")
    return BZIP2_BLOCKS.includes(Buffer.from(head.subarray(4, 10)).toString("hex")) ? format : "none";
  return format === "gzip" || format === "zstd" || format === "xz" ? format : "none";
}
