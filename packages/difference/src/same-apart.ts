import type { RandomAccessSource } from "@release-actions/archive";
import { mapBytes } from "./byte-map.ts";
import type { Sources } from "./pair.ts";
import type { TextPair } from "./text-pair.ts";
import type { TextRun } from "./text-runs.ts";

/** The offset in the left file of the first difference outside the given texts; undefined if only these texts differ. */
export async function differenceApart(
  [left, right]: Sources,
  pairs: readonly TextPair[],
  signal?: AbortSignal,
): Promise<number | undefined> {
  const runs = (side: "left" | "right"): TextRun[] => pairs.map((pair) => pair[side]);
  const [a, b] = [without(left, runs("left")), without(right, runs("right"))];
  const [first] = (await mapBytes([a, b], signal)).clusters;
  return first === undefined ? undefined : a.originOf(first.start);
}

interface Remainder extends RandomAccessSource {
  originOf(offset: number): number;
}

/** The source with the runs removed. */
function without(source: RandomAccessSource, runs: readonly TextRun[]): Remainder {
  const pieces: { start: number; size: number; at: number }[] = [];
  let [from, at] = [0, 0];
  for (const { offset, text } of [...runs].sort((x, y) => x.offset - y.offset)) {
    if (offset > from) pieces.push({ start: from, size: offset - from, at });
    at += Math.max(0, offset - from);
    from = Math.max(from, offset + text.length);
  }
  if (source.size > from) pieces.push({ start: from, size: source.size - from, at });
  const size = at + Math.max(0, source.size - from);
  return {
    size,
    async *read(offset, length, signal) {
      for (const piece of pieces) {
        const [first, end] = [Math.max(offset, piece.at), Math.min(offset + length, piece.at + piece.size)];
        if (end > first) yield* source.read(piece.start + first - piece.at, end - first, signal);
      }
    },
    originOf(offset) {
      const piece = pieces.findLast((one) => one.at <= offset);
      return piece === undefined ? source.size : piece.start + offset - piece.at;
    },
  };
}
