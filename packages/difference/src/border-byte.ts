import type { TextPair } from "./text-pair.ts";

/** A number before a text has up to four bytes, which may look like the start of the text. */
const MAX_BYTES_BEFORE = 4;

/**
 * Whether two texts differ only at one end, in bytes that probably belong to a number next to the text: these bytes are
 * letters by chance (`GIF89a` and the width 122 read as `GIF89az`). They count as text if one digit became another
 * (`device1` and `device2`), if whole words differ, or if the surrounding bytes show where the text begins and ends.
 */
export function differsInBorderByte({ left, right, prefix, suffix }: TextPair): boolean {
  if (prefix + suffix === 0 || (prefix > 0 && suffix > 0)) return false;
  const ends = [left, right].map(({ text }) => text.slice(prefix, text.length - suffix));
  // A word does not turn into a punctuation mark, so this byte is part of a number.
  if (prefix === 0 && ends.some((end) => end.length === 1 && !/\w/.test(end))) return true;
  if (left.isDelimited && right.isDelimited) return false;
  if (ends.every((end) => end.length <= 1)) return !ends.every((end) => /\d/.test(end));
  const isAtStart = prefix === 0 && ends.every((end) => end.length <= MAX_BYTES_BEFORE);
  return isAtStart && ends.some((end) => !/^\w+$/.test(end));
}
