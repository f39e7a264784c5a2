import type { Digest } from "./digest.ts";

/**
 * The files of an image archive, links followed. One comes from walking over a tar with random access, the
 * other from a stream that has gone by.
 */
export interface ArchiveFiles {
  readonly paths: readonly string[];
  /** In bytes; undefined when there is no such file. */
  size(path: string): number | undefined;
  /** A whole document. Only asked for files of at most the limits of `documents.ts`. */
  read(path: string): Promise<Uint8Array>;
  /** The first bytes of a file, for telling its compression: at least 4 of them, or all there are. */
  head(path: string): Promise<Uint8Array>;
  /** The digest of a file's bytes where they have been read. */
  digest(path: string): Digest | undefined;
  /** The digest of a compressed file's content where that has been read. */
  plainDigest(path: string): Digest | undefined;
}
