import { type Cause, cause } from "./cause.ts";
import { classify } from "./classify-text.ts";
import { pairTexts } from "./text-pair.ts";
import type { TimeWindows } from "./time-window.ts";

/** Of a longer line only the part around the difference is shown. */
const WHOLE_LINE_LENGTH = 120;

/** Explains the difference between two texts at one place. */
export function explainTextPair(left: string, right: string, at: string, windows: TimeWindows): Cause {
  const meaning = classify(pairTexts({ text: left, offset: 0 }, { text: right, offset: 0 }), windows);
  if (meaning.kind === "derived") return cause("embedded-text", at, left.trim(), right.trim());
  if (meaning.kind !== "embedded-text") return cause(meaning.kind, at, meaning.left, meaning.right);
  const isShort = Math.max(left.length, right.length) <= WHOLE_LINE_LENGTH;
  const [one, other] = isShort ? [left.trim(), right.trim()] : [meaning.left, meaning.right];
  return cause("embedded-text", at, one || "an empty line", other || "an empty line");
}
