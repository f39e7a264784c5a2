import type { RandomAccessSource } from "@release-actions/archive";
import { differsInBorderByte } from "./border-byte.ts";
import { type Cause, cause, pathCause } from "./cause.ts";
import { classify } from "./classify-text.ts";
import type { TextPair } from "./text-pair.ts";
import { MAX_RUN_LENGTH } from "./text-runs.ts";
import { compareTexts } from "./texts.ts";
import type { TimeWindows } from "./time-window.ts";
import { decodePair, decodeUtf8 } from "./wide-text.ts";

/** More differing texts than this come from differing code or data, not from the surroundings. */
const MAX_OTHER_TEXTS = 16;

export interface TextCauses {
  /** Paths and times: these explain a difference wherever they are found. */
  readonly certain: readonly Cause[];
  /** Other texts: they explain one only where nothing but them differs. */
  readonly possible: readonly Cause[];
  /** Of the other texts those that are evidently one text on both sides, such as `version 1.2.3` and `version 1.2.4`. */
  readonly evident: readonly Cause[];
  /** The differing texts, from the first place to the last. */
  readonly pairs: readonly TextPair[];
  /** Whether every differing text has a counterpart and was looked at. */
  readonly isComplete: boolean;
  /** Whether texts that both sides have are at other places. */
  readonly hasMoved: boolean;
  /** Whether both sides have the same texts, wherever they are. */
  readonly hasSameTexts: boolean;
}

export interface TextOptions {
  readonly place: string;
  readonly windows: TimeWindows;
  /** Where both sides differ first; what is before is not read. */
  readonly firstDifference?: number;
  /** Whether all the rest of the two files is equal, so that nothing refers to these texts at other places. */
  readonly isAlone?: boolean;
  /** Bytes for each byte of the sources, where these stand for larger units. */
  readonly unitBytes?: number;
  /** Whether this is the data of a program, where words between NULs are texts. */
  readonly isProgram?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Looks for paths, times and other texts that differ in a part of two files. */
export async function explainTexts(
  left: RandomAccessSource,
  right: RandomAccessSource,
  { place, windows, firstDifference = 0, isAlone = false, unitBytes = 1, isProgram = false, signal }: TextOptions,
): Promise<TextCauses> {
  const start = Math.max(0, firstDifference - MAX_RUN_LENGTH);
  const compared = await compareTexts(left, right, { start, firstDifference, isAlone, signal });
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
    if (meaning.kind === "path") certain.push(pathCause(at, meaning.left, meaning.right));
    else if (meaning.kind === "time") certain.push(cause("timestamp", at, meaning.left, meaning.right));
    else if (meaning.kind === "flags") certain.push(cause("build-flags", at, meaning.left, meaning.right));
    else {
      const other = cause("embedded-text", at, meaning.left, meaning.right);
      possible.push(other);
      if (isOneText(pair) || (isProgram && areCStrings(pair))) evident.push(other);
    }
  }
  const isComplete = unpaired.length === 0 && !isCut;
  // A hash follows from another difference, unless it is the only one.
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

/** Bytes of any kind look like texts now and then: words that are mostly equal do not happen by chance. */
function isOneText({ left, right, prefix, suffix }: TextPair): boolean {
  const longer = Math.max(left.text.length, right.text.length);
  return prefix + suffix >= Math.max(6, longer / 2) && isWords(left.text) && isWords(right.text);
}

/** Words between NULs on both sides: numbers have other bytes around them. */
function areCStrings({ left, right }: TextPair): boolean {
  return [left, right].every(({ text, isCString = false }) => isCString && isWords(decodeUtf8(text)));
}

function isWords(text: string): boolean {
  return text.replace(/[\w .:/\p{L}-]/gu, "").length < text.length / 8;
}
