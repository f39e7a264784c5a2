import type { RandomAccessSource } from "@release-actions/archive";

/** How much text around a path is read to show it. */
const CONTEXT_BYTES = 160;

/** Flags that this action passes to gcc, clang and rustc to map the path that follows them. */
const MAPPING_FLAG = /(?:-ffile-prefix-map=|--remap-path-prefix[= ])$/;
/** More bytes than any of these flags has. */
const FLAG_BYTES = 32;

/** A path of the build machine that remains in a file. */
export interface Leak {
  readonly needle: string;
  /** The whole path, as far as its end can be determined. */
  readonly text: string;
  readonly offset: number;
  /** The mapping flag before the path, if there is one: then the program stores its compiler flags. */
  readonly storedFlag: string | undefined;
}

/**
 * Searches a file of any size for paths, in constant memory. Finds the first occurrence of each, and the first in a
 * stored flag. Chunks overlap, so that a path across their border is found too.
 */
export async function findPaths(source: RandomAccessSource, needles: readonly string[]): Promise<Leak[]> {
  const missing = new Map(needles.map((needle) => [needle, Buffer.from(needle)]));
  const overlap = Math.max(0, ...[...missing.values()].map(({ length }) => length)) + CONTEXT_BYTES;
  const leaks: Leak[] = [];
  const flagged = new Set<string>();
  const lookedTo = new Map<string, number>();
  let window: Buffer = Buffer.alloc(0);
  let start = 0;
  for await (const chunk of source.read(0, source.size)) {
    window = Buffer.concat([window, chunk]);
    for (const [needle, bytes] of missing) {
      let at = window.indexOf(bytes, Math.max(0, (lookedTo.get(needle) ?? 0) - start));
      for (; at >= 0 && missing.has(needle); at = window.indexOf(bytes, at + 1)) {
        lookedTo.set(needle, start + at + 1);
        const before = window.toString("latin1", Math.max(0, at - FLAG_BYTES), at);
        const storedFlag = MAPPING_FLAG.exec(before)?.[0];
        if (storedFlag !== undefined && flagged.has(needle)) continue;
        const text = printable(window.subarray(at, at + CONTEXT_BYTES));
        leaks.push({ needle, text, offset: start + at, storedFlag });
        if (storedFlag === undefined) missing.delete(needle);
        else flagged.add(needle);
      }
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
