import type { TextRun } from "./text-runs.ts";

/** Texts that begin or end with this many equal characters are taken for counterparts. */
export const KEY_LENGTH = 12;

/** A text of one side and its counterpart on the other, with the parts that differ. */
export interface TextPair {
  readonly left: TextRun;
  readonly right: TextRun;
  /** Equal characters before and behind what differs. */
  readonly prefix: number;
  readonly suffix: number;
}

/** Two texts and how much of them is equal at both ends. */
export function pairTexts(left: TextRun, right: TextRun): TextPair {
  const [a, b] = [left.text, right.text];
  const shorter = Math.min(a.length, b.length);
  let prefix = 0;
  while (prefix < shorter && a[prefix] === b[prefix]) prefix += 1;
  let suffix = 0;
  while (suffix < shorter - prefix && a[a.length - 1 - suffix] === b[b.length - 1 - suffix]) suffix += 1;
  return { left, right, prefix, suffix };
}

/** Adds to the list of a key. */
export function append<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}
