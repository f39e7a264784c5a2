import { type RandomAccessSource, requireRange } from "@release-actions/archive";
import type { Blob } from "./blob.ts";
import { Part } from "./part.ts";
import { streamRange } from "./range-stream.ts";

/** One request fetches this much: long enough to outweigh its latency, short enough to keep memory flat. */
const PART_BYTES = 2 * 1024 * 1024;
/** Parts on their way or waiting to be consumed, over all reads together, beside the one each read always has. */
const EXTRA_PARTS = 7;

/** Bytes that are known already. */
export interface Cached {
  readonly offset: number;
  readonly bytes: Buffer;
}

/** The blob as a source: each read is cut into parts that come side by side and are given out in their order. */
export function createRangedSource(blob: Blob, size: number, cached: readonly Cached[]): RandomAccessSource {
  let free = EXTRA_PARTS;

  async function* readParts(offset: number, length: number, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    const stop = new AbortController();
    const both = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
    const end = offset + length;
    const queue: { readonly part: Part; readonly extra: boolean }[] = [];
    let next = offset;
    const fill = (): void => {
      while (next < end && (queue.length === 0 || free > 0)) {
        const extra = queue.length > 0;
        if (extra) free -= 1;
        const size = Math.min(PART_BYTES, end - next);
        queue.push({ part: new Part(streamRange(blob, next, size, both)), extra });
        next += size;
      }
    };
    try {
      for (fill(); queue[0] !== undefined; fill()) {
        const { part, extra } = queue[0];
        yield* part.chunks();
        queue.shift();
        if (extra) free += 1;
      }
    } finally {
      stop.abort();
      for (const { part, extra } of queue) {
        if (extra) free += 1;
        part.abandon();
      }
    }
  }

  const source: RandomAccessSource = {
    size,
    async *read(offset, length, signal) {
      requireRange(source, offset, length);
      signal?.throwIfAborted();
      if (length === 0) return;
      const hit = cached.find(
        (piece) => piece.offset <= offset && offset + length <= piece.offset + piece.bytes.length,
      );
      if (hit === undefined) yield* readParts(offset, length, signal);
      else yield hit.bytes.subarray(offset - hit.offset, offset - hit.offset + length);
    },
  };
  return source;
}
