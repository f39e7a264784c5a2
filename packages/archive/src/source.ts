import { ArchiveError } from "./error.ts";

/**
 * Bytes with random access: a file, or an HTTP resource that serves ranges.
 * Reads may run in parallel.
 */
export interface RandomAccessSource {
  /** In bytes. */
  readonly size: number;
  /**
   * Streams exactly `length` bytes from `offset` on, in chunks of any size. The range must be inside the
   * source. If a byte cannot be read, it throws, and never ends early. Breaking out of the loop
   * releases the resources of the read. Of parallel reads, those with the lowest `rank` (default 0) come first.
   */
  read(offset: number, length: number, signal?: AbortSignal, rank?: number): AsyncIterable<Uint8Array>;
}

/** Reads a range into memory, and refuses one that reaches past the end. For small, bounded pieces. */
export async function readExactly(
  source: RandomAccessSource,
  offset: number,
  length: number,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  requireRange(source, offset, length);
  const bytes = new Uint8Array(length);
  let filled = 0;
  for await (const chunk of source.read(offset, length, signal)) {
    if (filled + chunk.length > length) throw sourceBroken(offset, length, filled + chunk.length);
    bytes.set(chunk, filled);
    filled += chunk.length;
  }
  if (filled !== length) throw sourceBroken(offset, length, filled);
  return bytes;
}

/** A part of a source as a source of its own, such as a stored file in a zip. */
export function sliceSource(source: RandomAccessSource, start: number, size: number): RandomAccessSource {
  requireRange(source, start, size);
  const slice: RandomAccessSource = {
    size,
    read(offset, length, signal, rank) {
      requireRange(slice, offset, length);
      return source.read(start + offset, length, signal, rank);
    },
  };
  return slice;
}

/** Bytes in memory as a source. */
export function memorySource(bytes: Uint8Array): RandomAccessSource {
  const source: RandomAccessSource = {
    size: bytes.length,
    async *read(offset, length, signal) {
      requireRange(source, offset, length);
      signal?.throwIfAborted();
      if (length > 0) yield bytes.subarray(offset, offset + length);
    },
  };
  return source;
}

/** Refuses a range outside the source, before anything is read. */
export function requireRange(source: RandomAccessSource, offset: number, length: number): void {
  const fits = Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0;
  if (fits && offset + length <= source.size) return;
  throw new ArchiveError("cut", `bytes ${offset} to ${offset + length} lie outside its ${source.size} bytes`, offset);
}

function sourceBroken(offset: number, expected: number, found: number): Error {
  return new Error(`a source gave ${found} bytes where ${expected} were asked for at offset ${offset}`);
}
