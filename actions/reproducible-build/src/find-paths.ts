import type { RandomAccessSource } from "@release-actions/archive";

/** Text around a find that is shown. */
const CONTEXT_BYTES = 160;

/** A path of the machine that was left in a file. */
export interface Leak {
  readonly needle: string;
  /** The whole path, as far as it can be told. */
  readonly text: string;
  readonly offset: number;
}

/**
 * Searches a file of any size for paths, in flat memory, the first of each. Chunks overlap, so that a
 * path on their border is found too (misleads 12).
 */
export async function findPaths(source: RandomAccessSource, needles: readonly string[]): Promise<Leak[]> {
  const missing = new Map(needles.map((needle) => [needle, Buffer.from(needle)]));
  const overlap = Math.max(0, ...[...missing.values()].map(({ length }) => length)) + CONTEXT_BYTES;
  const leaks: Leak[] = [];
  let window: Buffer = Buffer.alloc(0);
  let start = 0;
  for await (const chunk of source.read(0, source.size)) {
    window = Buffer.concat([window, chunk]);
    for (const [needle, bytes] of missing) {
      const at = window.indexOf(bytes);
      if (at < 0) continue;
      leaks.push({ needle, text: printable(window.subarray(at, at + CONTEXT_BYTES)), offset: start + at });
      missing.delete(needle);
    }
    if (missing.size === 0) break;
    const keep = Math.min(window.length, overlap);
    start += window.length - keep;
    window = window.subarray(window.length - keep);
  }
  return leaks;
}

function printable(bytes: Buffer): string {
  return /^[\x20-\x7e]*/.exec(bytes.toString("latin1"))?.[0] ?? "";
}
