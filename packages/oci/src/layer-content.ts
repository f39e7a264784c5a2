import { detectFormat } from "@release-actions/archive";
import type { ArchiveFiles } from "./archive-files.ts";
import { ImageArchiveError } from "./error.ts";
import type { Compression } from "./media-types.ts";

/** How a layer is compressed, by its first bytes. */
export async function compressionOf(files: ArchiveFiles, path: string): Promise<Compression> {
  const format = detectFormat((await files.head(path)).subarray(0, 4));
  return format === "gzip" || format === "zstd" ? format : "none";
}

/** Holds a layer's first bytes against what its media type says. */
export async function requireCompression(files: ArchiveFiles, path: string, said: Compression): Promise<void> {
  const found = await compressionOf(files, path);
  if (found === said) return;
  const message = `the layer ${path} is ${describe(found)} by its content and ${describe(said)} by its media type`;
  throw new ImageArchiveError("mismatch", message);
}

function describe(compression: Compression): string {
  return compression === "none" ? "not compressed" : `compressed with ${compression}`;
}
