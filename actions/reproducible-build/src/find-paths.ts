import type { RandomAccessSource } from "@release-actions/archive";

/** Text around a find that is shown. */
const CONTEXT_BYTES = 160;

/** Flags that map the path behind them, as this action gives them (gcc, clang, rustc). */
const MAPPING_FLAG = /(?:-ffile-prefix-map=|--remap-path-prefix[= ])$/;
/** Longer than any of these flags. */
const FLAG_BYTES = 32;

/** A path of the machine that was left in a file. */
export interface Leak {
  readonly needle: string;
  /** The whole path, as far as it can be told. */
  readonly text: string;
  readonly offset: number;
  /** The flag before it that maps this path: the program stores the flags it was compiled with. */
  readonly storedFlag: string | undefined;
}

/**
 * Searches a file of any size for paths, in flat memory: the first of each, and the first that stands in a stored flag.
 * Chunks overlap, so that a path on their border is found too.
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
