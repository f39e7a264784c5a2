import type { RandomAccessSource } from "@release-actions/archive";
import { mapBytes } from "./byte-map.ts";
import type { Sources } from "./pair.ts";

/** How many bytes of the line are shown before the difference, and how many after it. */
const SHOWN_BYTES = 4096;

export interface DifferingLine {
  /** The line number in the left file, from 1. */
  readonly line: number;
  /** The line of the left file, cut if it is long; undefined if the file has ended before. */
  readonly left: string | undefined;
  readonly right: string | undefined;
}

/** Finds the first line in which two texts differ, in constant memory. */
export async function firstDifferingLine(sources: Sources, signal?: AbortSignal): Promise<DifferingLine> {
  const [left, right] = sources;
  const at = (await mapBytes(sources, signal)).clusters[0]?.start ?? 0;
  let [line, lineStart, offset] = [1, 0, 0];
  for await (const chunk of left.read(0, Math.min(at, left.size), signal)) {
    for (let index = chunk.indexOf(10); index >= 0; index = chunk.indexOf(10, index + 1)) {
      line += 1;
      lineStart = offset + index + 1;
    }
    offset += chunk.length;
  }
  const start = Math.max(lineStart, at - SHOWN_BYTES);
  return { line, left: await readLine(left, start), right: await readLine(right, start) };
}

async function readLine(source: RandomAccessSource, start: number): Promise<string | undefined> {
  if (start >= source.size) return undefined;
  const parts: Uint8Array[] = [];
  for await (const chunk of source.read(start, Math.min(2 * SHOWN_BYTES, source.size - start))) parts.push(chunk);
  return Buffer.concat(parts)
    .toString("utf8")
    .replace(/\r?\n.*/s, "");
}
