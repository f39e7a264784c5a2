import type { Digest } from "./digest.ts";

/**
 * The files of an image archive, with links followed. One implementation reads a tar with random access, the
 * other records a tar that was streamed.
 */
export interface ArchiveFiles {
  readonly paths: readonly string[];
  /** In bytes; undefined when there is no such file. */
  size(path: string): number | undefined;
  /** Reads a whole document. Callers ask only for files within the size limits of `documents.ts`. */
  read(path: string): Promise<Uint8Array>;
  /** The first bytes of a file, which show how it is compressed: at least 4 bytes, or all of a shorter file. */
  head(path: string): Promise<Uint8Array>;
  /** The digest of a file's bytes; undefined when they have not been read. */
  digest(path: string): Digest | undefined;
  /** The digest of a compressed file's decompressed content; undefined when it has not been read. */
  plainDigest(path: string): Digest | undefined;
}
