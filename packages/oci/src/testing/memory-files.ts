import type { ArchiveFiles } from "../archive-files.ts";
import { LAYER_HEAD_BYTES } from "../layer-content.ts";
import type { Files } from "./crafted-image.ts";

/** An archive's files in memory, without a tar around them. None of them has been hashed. */
export function memoryFiles(files: Files): ArchiveFiles {
  const bytesOf = (path: string): Uint8Array => files[path] ?? new Uint8Array(0);
  return {
    paths: Object.keys(files).filter((path) => files[path] !== undefined),
    size: (path) => files[path]?.length,
    read: async (path) => bytesOf(path),
    head: async (path) => bytesOf(path).subarray(0, LAYER_HEAD_BYTES),
    digest: () => undefined,
    plainDigest: () => undefined,
  };
}
