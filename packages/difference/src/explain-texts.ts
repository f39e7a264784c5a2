import type { RandomAccessSource } from "@release-actions/archive";
import { type Cause, cause, pathCause } from "./cause.ts";
import { classify } from "./classify-text.ts";
import { compareTexts } from "./texts.ts";

/** More differing texts than this come from differing code or data, not from the surroundings. */
const MAX_OTHER_TEXTS = 16;

export interface TextCauses {
  /** Paths and times: these explain a difference wherever they are found. */
  readonly certain: readonly Cause[];
  /** Other texts: they explain one only where nothing but them differs. */
  readonly possible: readonly Cause[];
}

/** Looks for paths, times and other texts that differ in a part of two files. */
export async function explainTexts(
  left: RandomAccessSource,
  right: RandomAccessSource,
  place: string,
): Promise<TextCauses> {
  const { pairs, unpaired } = await compareTexts(left, right);
  const certain: Cause[] = [];
  const possible: Cause[] = [];
  for (const pair of pairs) {
    const meaning = classify(pair);
    if (meaning.kind === "derived") continue;
    const at = `${place}0x${(pair.left.offset + pair.prefix).toString(16)}`;
    if (meaning.kind === "path") certain.push(pathCause(at, meaning.left, meaning.right));
    else if (meaning.kind === "time") certain.push(cause("timestamp", at, meaning.left, meaning.right));
    else possible.push(cause("embedded-text", at, meaning.left, meaning.right));
  }
  const few = unpaired === 0 && possible.length <= MAX_OTHER_TEXTS;
  return { certain, possible: few ? possible : [] };
}
