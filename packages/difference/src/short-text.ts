import { Buffer } from "node:buffer";
import { type RandomAccessSource, readExactly, sliceSource } from "@release-actions/archive";
import { mapBytes } from "./byte-map.ts";
import { readBoth, type Sources } from "./pair.ts";
import { pairTexts, type TextPair } from "./text-pair.ts";
import type { TextRun } from "./text-runs.ts";
import { isText } from "./wide-text.ts";

/** How many bytes are examined before and after the difference. */
const LOOKED_AT_BYTES = 256;
/** A shorter text may be a number. */
const MIN_LENGTH = 4;
/** The most NULs that may pad a text for alignment (gcc aligns to 32 bytes, `DATA_ALIGNMENT`). */
const MAX_PADDING = 64;
/** Patterns of a text before and after a short text. */
const [TEXT_BEFORE, TEXT_BEHIND] = [/[ -~]{3}\0$/, /^\0[ -~]{3}/];

/**
 * Pairs the text that contains the first difference, if it ends with a NUL and the rest of both files is equal except
 * for padding. A text of fewer than four bytes counts only between other texts, since it may be a number otherwise.
 */
export async function pairShortText(sources: Sources, at: number, signal?: AbortSignal): Promise<TextPair | undefined> {
  const [left, right] = sources;
  const from = Math.max(0, at - LOOKED_AT_BYTES);
  const [one, other] = await readBoth(sources, (source) => textAround(source, from, at));
  if (one === undefined || other === undefined || one.text === other.text) return undefined;
  // A number would have the same size on both sides.
  const longer = one.text.length - other.text.length;
  if (!one.isSure && !other.isSure && (longer === 0 || left.size - right.size !== longer)) return undefined;
  const [a, b] = [await behindPadding(left, one), await behindPadding(right, other)];
  const size = left.size - a;
  if (size !== right.size - b) return undefined;
  const map = await mapBytes([sliceSource(left, a, size), sliceSource(right, b, size)], signal);
  return map.differing === 0 ? pairTexts(one, other) : undefined;
}

/** A text, and whether its length or its neighbours prove that it is not a number. */
interface ShortText extends TextRun {
  readonly isSure: boolean;
}

async function textAround(source: RandomAccessSource, from: number, at: number): Promise<ShortText | undefined> {
  const size = Math.min(source.size, at + LOOKED_AT_BYTES) - from;
  if (size <= 0) return undefined;
  const bytes = Buffer.from(await readExactly(source, from, size)).toString("latin1");
  const middle = at - from;
  let start = middle === 0 ? 0 : bytes.lastIndexOf("\0", middle - 1) + 1;
  if (start === 0 && from > 0) return undefined;
  while (bytes[start] === "\0" && start < middle + MAX_PADDING) start += 1;
  const end = bytes.indexOf("\0", start);
  if (end <= start || end < middle) return undefined;
  const text = bytes.slice(start, end);
  if (!isText(text)) return undefined;
  const isLast = from + end + 1 === source.size;
  const isBetweenTexts = TEXT_BEFORE.test(bytes.slice(0, start)) && (isLast || TEXT_BEHIND.test(bytes.slice(end)));
  const isSure = text.length >= MIN_LENGTH || isBetweenTexts;
  return { text, offset: from + start, isDelimited: true, isCString: true, isSure };
}

/** The offset of the first byte after a text that is not NUL. */
async function behindPadding(source: RandomAccessSource, { text, offset }: TextRun): Promise<number> {
  const end = offset + text.length;
  const padding = await readExactly(source, end, Math.min(MAX_PADDING, source.size - end));
  const length = padding.findIndex((byte) => byte !== 0);
  return end + (length < 0 ? padding.length : length);
}
