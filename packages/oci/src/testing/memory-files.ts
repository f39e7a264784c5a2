import type { ArchiveFiles } from "../archive-files.ts";
import { LAYER_HEAD_BYTES } from "../layer-content.ts";
import type { Files } from "./crafted-image.ts";

/** The files of an archive without a tar around them, of which no bytes have been hashed. */
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
