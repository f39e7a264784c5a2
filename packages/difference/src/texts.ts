import type { RandomAccessSource } from "@release-actions/archive";
import { newTexts } from "./moved-blocks.ts";
import { RunTally } from "./run-tally.ts";
import { type ScannedRun, scanRuns, type TextRun } from "./text-runs.ts";

/** A text of one side and its counterpart on the other, with the parts that differ. */
export interface TextPair {
  readonly left: TextRun;
  readonly right: TextRun;
  /** Equal characters before and behind what differs. */
  readonly prefix: number;
  readonly suffix: number;
}

export interface TextDifference {
  readonly pairs: readonly TextPair[];
  /** Texts without a counterpart. */
  readonly unpaired: readonly TextRun[];
  /** Whether more texts differ than were looked at. */
  readonly isCut: boolean;
  /** Whether texts that both sides have are at other places, or between others. */
  readonly hasMoved: boolean;
}

/** Texts that begin or end with this many equal characters are taken for counterparts. */
const KEY_LENGTH = 12;
/** Of each side; more differing texts than this come from differing content, not from surroundings. */
const MAX_DIFFERING = 20_000;
const MAX_DIFFERING_BYTES = 8 * 1024 * 1024;

/**
 * The texts from `start` on that only one side has, each with its counterpart. Offsets do not matter: a longer path
 * moves everything behind it, which says nothing about what differs. Both sides are read twice, in flat memory: the
 * first time tallies the texts, the second collects those whose tallies differ.
 */
export async function compareTexts(
  left: RandomAccessSource,
  right: RandomAccessSource,
  start = 0,
  signal?: AbortSignal,
): Promise<TextDifference> {
  const tally = new RunTally(Math.max(left.size, right.size));
  const count = (by: 1 | -1) => (run: ScannedRun) => {
    tally.add(run, by);
    return true;
  };
  await scanRuns(left, start, count(1), signal);
  await scanRuns(right, start, count(-1), signal);
  const [a, b] = [await collect(left, start, tally, signal), await collect(right, start, tally, signal)];
  const isCut = a.isCut || b.isCut;
  const differing = [without(a.runs, b.runs), without(b.runs, a.runs)] as const;
  const found = isCut ? { left: differing[0], right: differing[1], hasMoved: false } : newTexts(...differing);
  return { ...pairUp(found.left, found.right), isCut, hasMoved: found.hasMoved };
}

async function collect(
  source: RandomAccessSource,
  start: number,
  tally: RunTally,
  signal: AbortSignal | undefined,
): Promise<{ runs: TextRun[]; isCut: boolean }> {
  const runs: TextRun[] = [];
  let bytes = 0;
  let isCut = false;
  const take = (run: ScannedRun): boolean => {
    if (tally.isEven(run)) return true;
    bytes += run.length;
    isCut = runs.length === MAX_DIFFERING || bytes > MAX_DIFFERING_BYTES;
    if (!isCut) runs.push({ text: run.text(), offset: run.offset, isDelimited: run.isDelimited });
    return !isCut;
  };
  await scanRuns(source, start, take, signal);
  return { runs, isCut };
}

/** The runs of one side that the other side does not have, or has less often. */
function without(runs: readonly TextRun[], others: readonly TextRun[]): TextRun[] {
  const counts = new Map<string, number>();
  for (const { text } of others) counts.set(text, (counts.get(text) ?? 0) + 1);
  return runs.filter(({ text }) => {
    const left = counts.get(text) ?? 0;
    counts.set(text, left - 1);
    return left <= 0;
  });
}

/** What counterparts have in common, the surest first: how they end, the last name of a path or their place, how they begin. */
const KEYS: readonly ((run: TextRun) => string)[] = [
  ({ text }) => text.slice(-KEY_LENGTH),
  ({ text, offset }) => (text.includes("/") ? text.slice(text.lastIndexOf("/")) : `at ${offset}`),
  ({ text }) => text.slice(0, KEY_LENGTH),
];

/** Pairs texts key by key, and what is left in order when the counts are equal. */
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

function inOrder(pairs: TextPair[]): TextPair[] {
  return pairs.sort((a, b) => a.left.offset - b.left.offset);
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

function append(lists: Map<string, TextRun[]>, key: string, run: TextRun): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [run]);
  else list.push(run);
}
