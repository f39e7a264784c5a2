import { type RandomAccessSource, readExactly } from "@release-actions/archive";
import type { ByteMap } from "./byte-map.ts";
import { type Cause, cause } from "./cause.ts";
import { isNear, isPast, type TimeWindows } from "./time-window.ts";

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
  left: RandomAccessSource,
  right: RandomAccessSource,
  { clusters }: ByteMap,
  place: string,
  windows: TimeWindows,
): Promise<Cause[]> {
  if (windows.left === undefined || windows.right === undefined) return [];
  if (left.size !== right.size || clusters.length === 0 || clusters.length > MAX_CLUSTERS) return [];
  const causes: Cause[] = [];
  for (const { start, end } of clusters) {
    if (end - start > 8) return [];
    const from = Math.max(0, end - 8);
    const size = Math.min(left.size, start + 8) - from;
    const [a, b] = [await readExactly(left, from, size), await readExactly(right, from, size)];
    const moment = findMoment(a, b, start - from, end - from, windows);
    if (moment === undefined) return [];
    causes.push(cause("timestamp", `${place}0x${start.toString(16)}`, moment[0], moment[1]));
  }
  return causes;
}

type Moments = readonly [left: string, right: string];

function findMoment(
  a: Uint8Array,
  b: Uint8Array,
  start: number,
  end: number,
  windows: TimeWindows,
): Moments | undefined {
  for (const width of [8, 4]) {
    for (let at = Math.max(0, end - width); at <= start && at + width <= a.length; at += 1) {
      const [one, other] = [a.subarray(at, at + width), b.subarray(at, at + width)];
      if (isPrintable(one) || isPrintable(other)) continue;
      for (const little of [true, false]) {
        const found = readMoments(one, other, little, windows);
        if (found !== undefined) return found;
      }
    }
  }
  return undefined;
}

function readMoments(a: Uint8Array, b: Uint8Array, little: boolean, windows: TimeWindows): Moments | undefined {
  const [left, right] = [readNumber(a, little), readNumber(b, little)];
  for (const { name, perSecond } of UNITS) {
    const [one, other] = [left, right].map((value) => Number((value * 1000n) / perSecond)) as [number, number];
    if (!isNear(one, other, windows) || !isPast(one, windows) || !isPast(other, windows)) continue;
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
