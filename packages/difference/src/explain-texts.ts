import { differsInBorderByte } from "./border-byte.ts";
import { type Cause, cause } from "./cause.ts";
import { classify } from "./classify-text.ts";
import type { Sources } from "./pair.ts";
import type { TextPair } from "./text-pair.ts";
import { MAX_RUN_LENGTH } from "./text-runs.ts";
import { compareTexts, type TextPlaces } from "./texts.ts";
import type { TimeWindows } from "./time-window.ts";
import { decodePair, decodeUtf8 } from "./wide-text.ts";

/** More differing texts than this come from different code or data, not from the build environment. */
const MAX_OTHER_TEXTS = 16;

export interface TextCauses {
  /** Paths, times and flags, which always count as causes. */
  readonly certain: readonly Cause[];
  /** Other texts, which count as causes only if nothing else differs. */
  readonly possible: readonly Cause[];
  /** The pairs in `possible` that are evidently the same text on both sides, such as `version 1.2.3` and `version 1.2.4`. */
  readonly evident: readonly Cause[];
  /** The differing texts, sorted by offset. */
  readonly pairs: readonly TextPair[];
  /** Whether every differing text was examined and has a counterpart. */
  readonly isComplete: boolean;
  /** Whether texts that both sides have are at different places. */
  readonly hasMoved: boolean;
  /** Whether both sides have the same texts, at whatever places. */
  readonly hasSameTexts: boolean;
}

export interface TextOptions extends TextPlaces {
  readonly place: string;
  readonly windows: TimeWindows;
  /** The number of bytes in the file per byte of the sources: 2 if a source has one byte for each UTF-16 unit. */
  readonly unitBytes?: number;
  /** Whether this is the data of a program, in which words between NULs are texts. */
  readonly isProgram?: boolean;
}

/** Finds paths, times and other texts that differ in a part of two files. */
export async function explainTexts(
  sources: Sources,
  { place, windows, firstDifference = 0, isAlone = false, unitBytes = 1, isProgram = false, signal }: TextOptions,
): Promise<TextCauses> {
  const start = Math.max(0, firstDifference - MAX_RUN_LENGTH);
  const compared = await compareTexts(sources, { start, firstDifference, isAlone, signal });
  const { pairs: all, unpaired, isCut, hasMoved } = compared;
  const pairs = all.filter((pair) => !differsInBorderByte(pair));
  const certain: Cause[] = [];
  const possible: Cause[] = [];
  const evident: Cause[] = [];
  const derived: Cause[] = [];
  for (const pair of pairs) {
    const meaning = classify(decodePair(pair), windows);
    const at = `${place}0x${((pair.left.offset + pair.prefix) * unitBytes).toString(16)}`;
    if (meaning.kind === "derived") {
      derived.push(cause("embedded-text", at, pair.left.text, pair.right.text));
      continue;
    }
    const found = cause(meaning.kind, at, meaning.left, meaning.right);
    if (meaning.kind !== "embedded-text") certain.push(found);
    else {
      possible.push(found);
      if (isOneText(pair) || (isProgram && areCStrings(pair))) evident.push(found);
    }
  }
  const isComplete = unpaired.length === 0 && !isCut;
  // A derived hash counts as a cause only if no other text differs.
  if (certain.length + possible.length === 0) possible.push(...derived);
  const few = isComplete && possible.length <= MAX_OTHER_TEXTS;
  return {
    certain,
    pairs,
    isComplete,
    hasMoved,
    hasSameTexts: all.length === 0 && isComplete,
    possible: few ? possible : [],
    evident: evident.length <= MAX_OTHER_TEXTS ? evident : [],
  };
}

/** Random bytes can look like text, but two texts with mostly equal words are not a coincidence. */
function isOneText({ left, right, prefix, suffix }: TextPair): boolean {
  const longer = Math.max(left.text.length, right.text.length);
  return prefix + suffix >= Math.max(6, longer / 2) && isWords(left.text) && isWords(right.text);
}

/** Whether both texts are words between NULs, which numbers usually are not. */
function areCStrings({ left, right }: TextPair): boolean {
  return [left, right].every(({ text, isCString = false }) => isCString && isWords(decodeUtf8(text)));
}

function isWords(text: string): boolean {
  return text.replace(/[\w .:/\p{L}-]/gu, "").length < text.length / 8;
}
