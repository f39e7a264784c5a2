import type { Sources } from "./pair.ts";

/** The number of parts into which the longer file is divided for `buckets`. */
const BUCKETS = 64;
/** Differences that are closer than this count as one cluster. */
const GAP_BYTES = 8;
const MAX_CLUSTERS = 10_000;

/** A range of differing bytes, which may include short gaps of equal bytes; `end` is exclusive. */
export interface Cluster {
  readonly start: number;
  readonly end: number;
}

/** Where two files differ, compared byte by byte at equal offsets. */
export interface ByteMap {
  /** The number of bytes that differ or that only one side has. */
  readonly differing: number;
  readonly length: number;
  /** The longest run of bytes that all differ. */
  readonly longest: number;
  /** The share of differing bytes, 0 to 1, in equal parts of the longer file. */
  readonly buckets: readonly number[];
  /** The first 10,000 clusters. */
  readonly clusters: readonly Cluster[];
}

/** Compares two sources byte by byte, in constant memory. */
export async function mapBytes(sources: Sources, signal?: AbortSignal): Promise<ByteMap> {
  const [left, right] = sources;
  const length = Math.max(left.size, right.size);
  const common = Math.min(left.size, right.size);
  const width = Math.max(1, Math.ceil(length / BUCKETS));
  const counts: number[] = new Array(Math.min(BUCKETS, Math.max(1, Math.ceil(length / width)))).fill(0);
  const clusters: { start: number; end: number }[] = [];
  let [differing, longest] = [0, 0];
  const mark = (start: number, end: number): void => {
    const last = clusters.at(-1);
    if (last !== undefined && start - last.end < GAP_BYTES) last.end = end;
    else if (clusters.length < MAX_CLUSTERS) clusters.push({ start, end });
    differing += end - start;
    longest = Math.max(longest, end - start);
    for (let at = start; at < end; ) {
      const bucket = Math.floor(at / width);
      const next = Math.min(end, (bucket + 1) * width);
      counts[bucket] = (counts[bucket] ?? 0) + next - at;
      at = next;
    }
  };
  for await (const { offset, a, b } of pairs(sources, common, signal)) markChunk(offset, a, b, mark);
  if (common < length) mark(common, length);
  return { differing, length, longest, buckets: counts.map((count) => Math.min(1, count / width)), clusters };
}

function markChunk(offset: number, a: Uint8Array, b: Uint8Array, mark: (start: number, end: number) => void): void {
  if (Buffer.compare(a, b) === 0) return;
  for (let at = 0; at < a.length; at += 1) {
    if (a[at] === b[at]) continue;
    const start = at;
    while (at < a.length && a[at] !== b[at]) at += 1;
    mark(offset + start, offset + at);
  }
}

/** Pieces of both sides that start at the same offset and have the same length. */
async function* pairs(
  [left, right]: Sources,
  length: number,
  signal?: AbortSignal,
): AsyncGenerator<{ offset: number; a: Uint8Array; b: Uint8Array }> {
  const others = right.read(0, length, signal)[Symbol.asyncIterator]();
  let pending: Uint8Array = new Uint8Array(0);
  let offset = 0;
  try {
    for await (const chunk of left.read(0, length, signal)) {
      for (let rest: Uint8Array = chunk; rest.length > 0; ) {
        if (pending.length === 0) {
          const next = await others.next();
          if (next.done === true) return;
          pending = next.value;
          continue;
        }
        const size = Math.min(rest.length, pending.length);
        yield { offset, a: rest.subarray(0, size), b: pending.subarray(0, size) };
        rest = rest.subarray(size);
        pending = pending.subarray(size);
        offset += size;
      }
    }
  } finally {
    await others.return?.();
  }
}
