import type { TextPair } from "./text-pair.ts";

/** A number of four bytes before a text may look like its beginning. */
const MAX_BYTES_BEFORE = 4;

/**
 * Whether two texts differ only at one end, in characters that may be no text at all: the last bytes of a number
 * before a text, or the first of one behind it, are letters by chance (`GIF89a` and the width 122 read as `GIF89az`).
 * They are of the text where a digit became another, as in `device1` and `device2`, where whole words differ, or where
 * the surroundings show the text's beginning and end.
 */
export function differsInBorderByte({ left, right, prefix, suffix }: TextPair): boolean {
  if (prefix + suffix === 0 || (prefix > 0 && suffix > 0)) return false;
  const ends = [left, right].map(({ text }) => text.slice(prefix, text.length - suffix));
  // Words do not become a comma: one of the two is a number.
  if (prefix === 0 && ends.some((end) => end.length === 1 && !/\w/.test(end))) return true;
  if (left.isDelimited && right.isDelimited) return false;
  if (ends.every((end) => end.length <= 1)) return !ends.every((end) => /\d/.test(end));
  const isAtStart = prefix === 0 && ends.every((end) => end.length <= MAX_BYTES_BEFORE);
  return isAtStart && ends.some((end) => !/^\w+$/.test(end));
}
