import { type RandomAccessSource, requireRange } from "./source.ts";

/** Several sources concatenated into one. */
export function joinSources(parts: readonly RandomAccessSource[]): RandomAccessSource {
  const source: RandomAccessSource = {
    size: parts.reduce((sum, { size }) => sum + size, 0),
    async *read(offset, length, signal, rank) {
      requireRange(source, offset, length);
      let start = 0;
      for (const part of parts) {
        const [from, to] = [Math.max(offset, start) - start, Math.min(offset + length, start + part.size) - start];
        if (from < to) yield* part.read(from, to - from, signal, rank);
        start += part.size;
      }
    },
  };
  return source;
}
