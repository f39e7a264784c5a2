import type { RandomAccessSource } from "@release-actions/archive";

/** A range of a file, in bytes; `end` is exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A source in which the given ranges read as zeros and which ends at `size`. */
export function maskSource(
  source: RandomAccessSource,
  ranges: readonly Range[],
  size = source.size,
): RandomAccessSource {
  return {
    size,
    async *read(offset, length, signal) {
      let at = offset;
      for await (const chunk of source.read(offset, length, signal)) {
        const hit = ranges.filter(({ start, end }) => start < at + chunk.length && end > at);
        const bytes = hit.length === 0 ? chunk : Buffer.from(chunk);
        for (const { start, end } of hit) bytes.fill(0, Math.max(0, start - at), Math.min(chunk.length, end - at));
        yield bytes;
        at += chunk.length;
      }
    },
  };
}
