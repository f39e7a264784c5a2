import { type RandomAccessSource, readExactly } from "@release-actions/archive";
import type { ByteMap } from "./byte-map.ts";
import { type Cause, cause } from "./cause.ts";

/** More places than this are no single moment compiled in. */
const MAX_CLUSTERS = 8;
/** Seconds since 1970 from 2010 to 2040; builds are made in these years, and few other numbers lie there. */
const [FIRST, LAST] = [1_262_304_000n, 2_208_988_800n];
const UNITS = [
  { name: "seconds", factor: 1n },
  { name: "milliseconds", factor: 1000n },
  { name: "nanoseconds", factor: 1_000_000_000n },
];

/**
 * Times compiled in as numbers: every place where two parts of equal size differ must read as a
 * plausible moment on both sides, in 4 or 8 bytes of little-endian.
 */
export async function explainNumbers(
  left: RandomAccessSource,
  right: RandomAccessSource,
  { clusters }: ByteMap,
  place: string,
): Promise<Cause[]> {
  if (left.size !== right.size || clusters.length === 0 || clusters.length > MAX_CLUSTERS) return [];
  const causes: Cause[] = [];
  for (const { start, end } of clusters) {
    if (end - start > 8) return [];
    const from = Math.max(0, end - 8);
    const size = Math.min(left.size, start + 8) - from;
    const [a, b] = [await readExactly(left, from, size), await readExactly(right, from, size)];
    const moment = findMoment(a, b, start - from, end - from);
    if (moment === undefined) return [];
    causes.push(cause("timestamp", `${place}0x${start.toString(16)}`, moment[0], moment[1]));
  }
  return causes;
}

function findMoment(a: Uint8Array, b: Uint8Array, start: number, end: number): [string, string] | undefined {
  for (const width of [8, 4]) {
    for (let at = Math.max(0, end - width); at <= start && at + width <= a.length; at += 1) {
      const [left, right] = [readMoment(a, at, width), readMoment(b, at, width)];
      if (left !== undefined && right !== undefined && left.unit === right.unit) return [left.text, right.text];
    }
  }
  return undefined;
}

function readMoment(bytes: Uint8Array, at: number, width: number): { unit: string; text: string } | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const value = width === 8 ? view.getBigUint64(at, true) : BigInt(view.getUint32(at, true));
  const unit = UNITS.find(({ factor }) => value >= FIRST * factor && value < LAST * factor);
  if (unit === undefined) return undefined;
  const date = new Date(Number((value * 1000n) / unit.factor)).toISOString();
  return { unit: unit.name, text: `${value} (${date} in ${unit.name})` };
}
