import type { RandomAccessSource } from "@release-actions/archive";
import { countOf } from "@release-actions/report";

/** The two sides of a comparison. */
export type Pair<T> = readonly [left: T, right: T];

/** Two files, or the same part of two files. */
export type Sources = Pair<RandomAccessSource>;

/** Converts both sides in the same way. */
export function both<T, R>([left, right]: Pair<T>, convert: (side: T) => R): Pair<R> {
  return [convert(left), convert(right)];
}

/** Reads something of both sides, the left one first. */
export async function readBoth<T, R>([left, right]: Pair<T>, read: (side: T) => Promise<R>): Promise<Pair<R>> {
  return [await read(left), await read(right)];
}

/** The sizes of both sides, as they are shown. */
export function sizesOf(sources: Sources): Pair<string> {
  return both(sources, ({ size }) => countOf(size, "byte"));
}

/** What only one side has. */
export function onlyIn<T>([left, right]: Pair<readonly T[]>): Pair<T[]> {
  const [a, b] = [new Set(left), new Set(right)];
  return [left.filter((item) => !b.has(item)), right.filter((item) => !a.has(item))];
}
