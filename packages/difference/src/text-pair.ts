import type { TextRun } from "./text-runs.ts";

/** Texts with this many equal characters at their start or end are treated as counterparts. */
export const KEY_LENGTH = 12;

/** A text of one side and its counterpart on the other side. */
export interface TextPair {
  readonly left: TextRun;
  readonly right: TextRun;
  /** The number of equal characters before the difference; `suffix` is the number after it. */
  readonly prefix: number;
  readonly suffix: number;
}

/** Pairs two texts and counts the equal characters at both ends. */
export function pairTexts(left: TextRun, right: TextRun): TextPair {
  const [a, b] = [left.text, right.text];
  const shorter = Math.min(a.length, b.length);
  let prefix = 0;
  while (prefix < shorter && a[prefix] === b[prefix]) prefix += 1;
  let suffix = 0;
  while (suffix < shorter - prefix && a[a.length - 1 - suffix] === b[b.length - 1 - suffix]) suffix += 1;
  return { left, right, prefix, suffix };
}

/** Appends an item to the list of a key. */
export function append<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}
