import { detectFormat } from "@release-actions/archive";
import type { ArchiveFiles } from "./archive-files.ts";
import type { Compression } from "./media-types.ts";

/** How a layer is compressed, by its first bytes. */
export async function compressionOf(files: ArchiveFiles, path: string): Promise<Compression> {
  const format = detectFormat((await files.head(path)).subarray(0, 4));
  return format === "gzip" || format === "zstd" ? format : "none";
}
