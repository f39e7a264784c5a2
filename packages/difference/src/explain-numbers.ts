import { readExactly } from "@release-actions/archive";
import type { ByteMap } from "./byte-map.ts";
import { type Cause, cause } from "./cause.ts";
import { both, type Pair, readBoth, type Sources } from "./pair.ts";
import { areBuildTimes, type TimeWindows } from "./time-window.ts";

/** More differing places than this do not come from one embedded time. */
const MAX_CLUSTERS = 64;
const UNITS = [
  { name: "seconds", perSecond: 1n },
  { name: "milliseconds", perSecond: 1000n },
  { name: "microseconds", perSecond: 1_000_000n },
  { name: "nanoseconds", perSecond: 1_000_000_000n },
];

/**
 * Finds times that are stored as numbers. Two parts of equal size are explained by times only if the number at every
 * differing place (4 or 8 bytes, little or big-endian) is within the build time of its side. If the build times are
 * unknown, no number counts as a time. Bytes that are printable text never count as a number.
 */
export async function explainNumbers(
  sources: Sources,
  { clusters }: ByteMap,
  place: string,
  windows: TimeWindows,
): Promise<Cause[]> {
  if (windows.left === undefined || windows.right === undefined) return [];
  const [left, right] = sources;
  if (left.size !== right.size || clusters.length === 0 || clusters.length > MAX_CLUSTERS) return [];
  const causes: Cause[] = [];
  for (const { start, end } of clusters) {
    if (end - start > 8) return [];
    const from = Math.max(0, end - 8);
    const size = Math.min(left.size, start + 8) - from;
    const bytes = await readBoth(sources, (source) => readExactly(source, from, size));
    const moments = findMoments(bytes, start - from, end - from, windows);
    if (moments === undefined) return [];
    causes.push(cause("timestamp", `${place}0x${start.toString(16)}`, ...moments));
  }
  return causes;
}

function findMoments(
  bytes: Pair<Uint8Array>,
  start: number,
  end: number,
  windows: TimeWindows,
): Pair<string> | undefined {
  for (const width of [8, 4]) {
    for (let at = Math.max(0, end - width); at <= start && at + width <= bytes[0].length; at += 1) {
      const numbers = both(bytes, (side) => side.subarray(at, at + width));
      if (numbers.some(isPrintable)) continue;
      for (const little of [true, false]) {
        const found = readMoments(numbers, little, windows);
        if (found !== undefined) return found;
      }
    }
  }
  return undefined;
}

function readMoments(bytes: Pair<Uint8Array>, little: boolean, windows: TimeWindows): Pair<string> | undefined {
  const [left, right] = both(bytes, (side) => readNumber(side, little));
  for (const { name, perSecond } of UNITS) {
    const [one, other] = both([left, right], (value) => Number((value * 1000n) / perSecond));
    if (!areBuildTimes(one, other, windows)) continue;
    const show = (value: bigint, moment: number): string => `${value} (${new Date(moment).toISOString()} in ${name})`;
    return [show(left, one), show(right, other)];
  }
  return undefined;
}

function readNumber(bytes: Uint8Array, little: boolean): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return bytes.length === 8 ? view.getBigUint64(0, little) : BigInt(view.getUint32(0, little));
}

function isPrintable(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte >= 0x20 && byte < 0x7f);
}
