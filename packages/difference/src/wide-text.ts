import { Buffer } from "node:buffer";
import { type RandomAccessSource, readExactly } from "@release-actions/archive";
import type { Sources } from "./pair.ts";
import { pairTexts, type TextPair } from "./text-pair.ts";
import type { TextRun } from "./text-runs.ts";

/** How many bytes before and after a run are examined. */
const LOOKED_AT_BYTES = 64;
/** More pairs than this come from different content. */
const MAX_PAIRS = 64;
/** Well-formed UTF-8 sequences of two to four bytes (Unicode, table 3-7), with one character for each byte. */
const BEYOND_ASCII = "[\\xc2-\\xdf][\\x80-\\xbf]|[\\xe0-\\xef][\\x80-\\xbf]{2}|\\xf0[\\x90-\\xbf][\\x80-\\xbf]{2}";
const TEXT = `(?:[\\t -~]|${BEYOND_ASCII})*`;
const [AT_END, AT_START] = [new RegExp(`${TEXT}$`), new RegExp(`^${TEXT}`)];
const LETTERS = /^[\t -~\p{L}\p{M}\p{N}\p{P}\p{S}]*$/u;

/** Extends pairs whose texts continue with letters beyond ASCII on at least one side by these letters. */
export async function withLetters([left, right]: Sources, pairs: readonly TextPair[]): Promise<TextPair[]> {
  if (pairs.length > MAX_PAIRS) return [...pairs];
  const widened: TextPair[] = [];
  const seen = new Set<string>();
  for (const pair of pairs) {
    const [one, other] = [await widen(left, pair.left), await widen(right, pair.right)];
    const key = `${one.offset} ${other.offset}`;
    if (seen.has(key)) continue;
    seen.add(key);
    widened.push(one === pair.left && other === pair.right ? pair : pairTexts(one, other));
  }
  return widened;
}

async function widen(source: RandomAccessSource, run: TextRun): Promise<TextRun> {
  const end = run.offset + run.text.length;
  const from = Math.max(0, run.offset - LOOKED_AT_BYTES);
  const size = Math.min(source.size, end + LOOKED_AT_BYTES) - from;
  const text = Buffer.from(await readExactly(source, from, size)).toString("latin1");
  const [before = ""] = AT_END.exec(text.slice(0, run.offset - from)) ?? [];
  const [behind = ""] = AT_START.exec(text.slice(end - from)) ?? [];
  const added = [before, behind].map((part) => (LETTERS.test(decodeUtf8(part)) ? part : ""));
  const [head = "", tail = ""] = added;
  if (head === "" && tail === "") return run;
  return { ...run, text: head + run.text + tail, offset: run.offset - head.length };
}

/** Decodes a pair, so that each letter beyond ASCII is one character. */
export function decodePair(pair: TextPair): TextPair {
  const [one, other] = [decodeUtf8(pair.left.text), decodeUtf8(pair.right.text)];
  if (one === pair.left.text && other === pair.right.text) return pair;
  return pairTexts({ ...pair.left, text: one }, { ...pair.right, text: other });
}

/** Decodes a string with one character per byte as UTF-8. */
export function decodeUtf8(bytes: string): string {
  return /^[\0-\x7f]*$/.test(bytes) ? bytes : Buffer.from(bytes, "latin1").toString("utf8");
}

/** Whether a string with one character per byte is well-formed text, in UTF-8 if it has letters beyond ASCII. */
export function isText(bytes: string): boolean {
  return new RegExp(`^${TEXT}$`).test(bytes) && LETTERS.test(decodeUtf8(bytes));
}
