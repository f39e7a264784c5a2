import { Buffer } from "node:buffer";
import { type RandomAccessSource, readExactly } from "@release-actions/archive";
import { newTexts } from "./moved-blocks.ts";
import { both, readBoth, type Sources } from "./pair.ts";
import { RunTally } from "./run-tally.ts";
import { differenceApart } from "./same-apart.ts";
import { pairShortText } from "./short-text.ts";
import { append, KEY_LENGTH, pairTexts, type TextPair } from "./text-pair.ts";
import { MIN_LENGTH, type ScannedRun, scanRuns, type TextRun } from "./text-runs.ts";
import { withLetters } from "./wide-text.ts";

export interface TextDifference {
  readonly pairs: readonly TextPair[];
  /** Texts without a counterpart. */
  readonly unpaired: readonly TextRun[];
  /** Whether more texts differ than were examined. */
  readonly isCut: boolean;
  /** Whether texts that both sides have are at different places or next to different texts. */
  readonly hasMoved: boolean;
}

export interface TextPlaces {
  /** The offset of the first difference, in bytes. */
  readonly firstDifference?: number;
  /** Whether the rest of both files is equal, so that no reference to these texts has changed. */
  readonly isAlone?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** The limit for each side; more differing texts come from different content, not from the build environment. */
const MAX_DIFFERING = 20_000;
const MAX_DIFFERING_BYTES = 8 * 1024 * 1024;

/**
 * The texts from `start` on, before which both sides are equal, that only one side has, paired with their counterparts. Texts are compared without their
 * offsets, since one longer path moves everything after it. Both sides are read twice, in constant memory: first to
 * count the texts, then to collect those whose counts differ.
 */
export async function compareTexts(
  sources: Sources,
  { start = 0, firstDifference, isAlone = false, signal }: TextPlaces & { readonly start?: number } = {},
): Promise<TextDifference> {
  const [left, right] = sources;
  const tally = new RunTally(Math.max(left.size, right.size));
  const count = (by: 1 | -1) => (run: ScannedRun) => {
    tally.add(run, by);
    return true;
  };
  await scanRuns(left, start, count(1), signal);
  await scanRuns(right, start, count(-1), signal);
  const [a, b] = await readBoth(sources, (source) => collect(source, start, tally, signal));
  const isCut = a.isCut || b.isCut;
  const differing = [without(a.runs, b.runs), without(b.runs, a.runs)] as const;
  const inPlace = isAlone && !isCut && left.size === right.size ? pairInPlace(...differing) : undefined;
  if (inPlace !== undefined && (await differenceApart(sources, inPlace, signal)) === undefined)
    return { pairs: await withLetters(sources, inPlace), unpaired: [], isCut, hasMoved: false };
  const found = isCut ? { left: differing[0], right: differing[1], hasMoved: false } : newTexts(...differing);
  const ofRuns = pairUp(found.left, found.right);
  const paired = { ...ofRuns, pairs: await withLetters(sources, ofRuns.pairs) };
  const hasMoved = found.hasMoved || a.order !== b.order;
  const isOne = paired.pairs.length === 0 && paired.unpaired.length <= 1;
  const short =
    (isOne && firstDifference !== undefined ? await pairShortText(sources, firstDifference, signal) : undefined) ??
    (paired.unpaired.length === 1 ? await pairShort(sources, paired) : undefined);
  return { ...(short === undefined ? paired : { pairs: [short], unpaired: [] }), isCut, hasMoved };
}

async function collect(
  source: RandomAccessSource,
  start: number,
  tally: RunTally,
  signal: AbortSignal | undefined,
): Promise<{ runs: TextRun[]; isCut: boolean; order: number }> {
  const runs: TextRun[] = [];
  let [bytes, order] = [0, 0];
  let isCut = false;
  const take = (run: ScannedRun): boolean => {
    if (tally.isEven(run)) {
      order = (Math.imul(order, 31) + run.hash) | 0;
      return true;
    }
    bytes += run.length;
    isCut = runs.length === MAX_DIFFERING || bytes > MAX_DIFFERING_BYTES;
    if (!isCut) {
      const { offset, isDelimited, isCString } = run;
      runs.push({ text: run.text(), offset, isDelimited, isCString });
    }
    return !isCut;
  };
  await scanRuns(source, start, take, signal);
  return { runs, isCut, order };
}

/** The runs of one side that the other side lacks or has less often. Runs that both have at the same offset are left out. */
function without(runs: readonly TextRun[], others: readonly TextRun[]): TextRun[] {
  const atPlace = new Map(others.map(({ offset, text }) => [offset, text]));
  const isSame = ({ offset, text }: TextRun): boolean => atPlace.get(offset) === text;
  const counts = new Map<string, number>();
  for (const { text } of others) counts.set(text, (counts.get(text) ?? 0) + 1);
  for (const { text } of runs.filter(isSame)) counts.set(text, (counts.get(text) ?? 0) - 1);
  return runs.filter((run) => {
    if (isSame(run)) return false;
    const left = counts.get(run.text) ?? 0;
    counts.set(run.text, left - 1);
    return left <= 0;
  });
}

/**
 * What counterparts have in common, most reliable first: their end, then the last component of a path or the offset,
 * then their start.
 */
const KEYS: readonly ((run: TextRun) => string)[] = [
  ({ text }) => text.slice(-KEY_LENGTH),
  ({ text, offset }) => (text.includes("/") ? text.slice(text.lastIndexOf("/")) : `at ${offset}`),
  ({ text }) => text.slice(0, KEY_LENGTH),
];

/** Pairs texts by one key after another. If both sides have equally many texts left, these are paired in order. */
function pairUp(left: readonly TextRun[], right: readonly TextRun[]): Pick<TextDifference, "pairs" | "unpaired"> {
  const pairs: TextPair[] = [];
  let [restLeft, restRight] = [left, right];
  for (const key of KEYS) {
    const waiting = new Map<string, TextRun[]>();
    for (const run of [...restRight].reverse()) append(waiting, key(run), run);
    const used = new Set<TextRun>();
    restLeft = restLeft.filter((run) => {
      const other = waiting.get(key(run))?.pop();
      if (other === undefined) return true;
      used.add(other);
      pairs.push(pairTexts(run, other));
      return false;
    });
    restRight = restRight.filter((run) => !used.has(run));
  }
  if (restLeft.length !== restRight.length) return { pairs: inOrder(pairs), unpaired: [...restLeft, ...restRight] };
  for (const [index, run] of restLeft.entries()) {
    const other = restRight[index];
    if (other !== undefined) pairs.push(pairTexts(run, other));
  }
  return { pairs: inOrder(pairs), unpaired: [] };
}

/**
 * Pairs the only differing text with a counterpart that is too short to be found as a text (`main` and `dev`). The
 * counterpart must have the same offset and the same byte before it.
 */
async function pairShort(
  sources: Sources,
  { pairs, unpaired: [run] }: Pick<TextDifference, "pairs" | "unpaired">,
): Promise<TextPair | undefined> {
  if (run === undefined || pairs.length > 0 || sources.some(({ size }) => run.offset >= size)) return undefined;
  const from = Math.max(0, run.offset - 1);
  const [a, b] = await readBoth(sources, async (source) => {
    const bytes = await readExactly(source, from, Math.min(MIN_LENGTH + 1, source.size - from));
    return Buffer.from(bytes).toString("latin1");
  });
  const start = run.offset - from;
  if (a.slice(0, start) !== b.slice(0, start)) return undefined;
  const [one, other] = both([a, b], (text) => /^[\t -~]*/.exec(text.slice(start))?.[0] ?? "");
  const isLeft = one.length === MIN_LENGTH;
  const short = isLeft ? other : one;
  if (short === "" || short.length >= MIN_LENGTH) return undefined;
  const counterpart = { text: short, offset: run.offset };
  return isLeft ? pairTexts(run, counterpart) : pairTexts(counterpart, run);
}

/** Pairs texts of equal length at equal offsets; undefined if any text has no such counterpart. */
function pairInPlace(left: readonly TextRun[], right: readonly TextRun[]): TextPair[] | undefined {
  if (left.length !== right.length) return undefined;
  const pairs: TextPair[] = [];
  for (const [index, run] of left.entries()) {
    const other = right[index];
    if (other?.offset !== run.offset || other.text.length !== run.text.length) return undefined;
    pairs.push(pairTexts(run, other));
  }
  return pairs;
}

function inOrder(pairs: TextPair[]): TextPair[] {
  return pairs.sort((a, b) => a.left.offset - b.left.offset);
}
