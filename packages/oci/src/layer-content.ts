import { detectFormat } from "@release-actions/archive";
import type { ArchiveFiles } from "./archive-files.ts";
import type { Compression } from "./media-types.ts";

/** How many bytes from the start tell how a layer is compressed. */
export const LAYER_HEAD_BYTES = 10;

/** Behind `BZh1`: the magic of a block, or of the end where there is none. A tar may begin with a file called `BZh`. */
const BZIP2_BLOCKS = ["314159265359", "177245385090"];

/** How a layer is compressed, by its first bytes, as loaders go by them. */
export async function compressionOf(files: ArchiveFiles, path: string): Promise<Compression> {
  return compressionOfHead(await files.head(path));
}

/** @param head the first `LAYER_HEAD_BYTES`, or all there are */
export function compressionOfHead(head: Uint8Array): Compression {
  const format = detectFormat(head.subarray(0, LAYER_HEAD_BYTES));
  if (format === "bzip2")
    return BZIP2_BLOCKS.includes(Buffer.from(head.subarray(4, 10)).toString("hex")) ? format : "none";
  return format === "gzip" || format === "zstd" || format === "xz" ? format : "none";
}
