import { memorySource, type RandomAccessSource, requireRange } from "@release-actions/archive";
import type { Blob } from "./blob.ts";
import { fetchRange } from "./fetch-range.ts";
import { Part } from "./part.ts";
import { PartScheduler, type Reader } from "./part-scheduler.ts";

/** One request fetches this much: long enough to outweigh its latency, short enough to keep memory flat. */
const PART_BYTES = 1.5 * 1024 * 1024;
/** The most parts that are being fetched or wait to be consumed, over all reads together. */
export const PARTS = 12;
/** How often a read gets a part before its turn, so that it does not look hung. */
const TRICKLE_MS = 5_000;

/** Bytes that were already received. */
export interface Cached {
  readonly offset: number;
  readonly bytes: Buffer;
}

/** The blob as a source. Each read is divided into parts, which are fetched in parallel and yielded in order. */
export function createRangedSource(blob: Blob, size: number, cached: readonly Cached[]): RandomAccessSource {
  const scheduler = new PartScheduler(PARTS);
  const source: RandomAccessSource = {
    size,
    read(offset, length, signal, rank = 0) {
      requireRange(source, offset, length);
      const hit = cached.find(
        (piece) => piece.offset <= offset && offset + length <= piece.offset + piece.bytes.length,
      );
      if (hit === undefined) return readParts({ blob, scheduler, offset, length, rank, signal });
      return memorySource(hit.bytes).read(offset - hit.offset, length, signal);
    },
  };
  return source;
}

interface PartialRead {
  readonly blob: Blob;
  readonly scheduler: PartScheduler;
  readonly offset: number;
  readonly length: number;
  readonly rank: number;
  readonly signal: AbortSignal | undefined;
}

async function* readParts(read: PartialRead): AsyncGenerator<Uint8Array> {
  const { blob, scheduler, rank, signal } = read;
  const stop = new AbortController();
  const ended = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  ended.throwIfAborted();
  const end = read.offset + read.length;
  let next = read.offset;
  const parts: Part[] = [];
  let wake = (): void => undefined;
  const reader: Reader = {
    rank,
    get underWay() {
      return parts.length;
    },
    get wantsMore() {
      return next < end;
    },
    start: () => {
      const offset = next;
      const size = Math.min(PART_BYTES, end - offset);
      next += size;
      parts.push(
        new Part(
          (take) => fetchRange(blob, offset, size, take, ended),
          () => wake(),
        ),
      );
      wake();
    },
  };
  const trickle = setInterval(() => scheduler.allowOne(reader), TRICKLE_MS).unref();
  ended.addEventListener("abort", () => wake());
  scheduler.enter(reader);
  try {
    for (;;) {
      const [part] = parts;
      const chunk = part?.take();
      if (chunk !== undefined) {
        yield chunk;
      } else if (part?.isConsumed === true) {
        parts.shift();
        scheduler.release();
      } else if (part !== undefined || reader.wantsMore) {
        ended.throwIfAborted();
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      } else {
        return;
      }
    }
  } finally {
    clearInterval(trickle);
    stop.abort();
    scheduler.leave(reader);
    for (const part of parts.splice(0)) part.abandon();
  }
}
