import type { RandomAccessSource } from "@release-actions/archive";

const MIN_LENGTH = 4;
/** A longer run of printable bytes is a data file; its pieces are compared like runs of their own. */
const MAX_LENGTH = 8192;
/** More than the texts of the largest binaries; beyond it, only what was read counts. */
const MAX_RUNS = 2_000_000;
/** Texts that begin or end with this many equal characters are taken for counterparts. */
const KEY_LENGTH = 12;

/** A run of printable bytes and where it is. */
export interface TextRun {
  readonly text: string;
  readonly offset: number;
}

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
  readonly unpaired: number;
}

/**
 * The texts that only one side has, each with its counterpart. Offsets do not matter: a longer path
 * moves everything behind it, which says nothing about what differs.
 */
export async function compareTexts(left: RandomAccessSource, right: RandomAccessSource): Promise<TextDifference> {
  const [a, b] = [await readRuns(left), await readRuns(right)];
  const onlyLeft = without(a, b);
  const onlyRight = without(b, a);
  return pairUp(onlyLeft, onlyRight);
}

async function readRuns(source: RandomAccessSource): Promise<TextRun[]> {
  const runs: TextRun[] = [];
  let start = 0;
  let at = 0;
  let pending: Buffer[] = [];
  let length = 0;
  const finish = (): void => {
    if (length >= MIN_LENGTH) runs.push({ text: Buffer.concat(pending).toString("latin1"), offset: start });
    pending = [];
    length = 0;
  };
  for await (const chunk of source.read(0, source.size)) {
    let from = 0;
    for (let index = 0; index < chunk.length; index += 1) {
      const byte = chunk[index] ?? 0;
      const printable = (byte >= 0x20 && byte < 0x7f) || byte === 0x09;
      if (printable && length === 0) {
        start = at + index;
        from = index;
      }
      if (printable) length += 1;
      if (!printable || length === MAX_LENGTH) {
        const end = printable ? index + 1 : index;
        if (length >= MIN_LENGTH) pending.push(Buffer.from(chunk.subarray(from, end)));
        finish();
        from = end;
      }
    }
    if (length > 0) pending.push(Buffer.from(chunk.subarray(from)));
    at += chunk.length;
    if (runs.length > MAX_RUNS) break;
  }
  finish();
  return runs;
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

/** What counterparts have in common, the surest first: how they end, the last name of a path, how they begin. */
const KEYS: readonly ((run: TextRun) => string)[] = [
  ({ text }) => text.slice(-KEY_LENGTH),
  ({ text }) => text.slice(text.lastIndexOf("/")),
  ({ text }) => text.slice(0, KEY_LENGTH),
];

/** Pairs texts key by key, and what is left in order when the counts are equal. */
function pairUp(left: readonly TextRun[], right: readonly TextRun[]): TextDifference {
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
      pairs.push(pair(run, other));
      return false;
    });
    restRight = restRight.filter((run) => !used.has(run));
  }
  const inOrder = restLeft.length === restRight.length ? restLeft : [];
  for (const [index, run] of inOrder.entries()) {
    const other = restRight[index];
    if (other !== undefined) pairs.push(pair(run, other));
  }
  return { pairs, unpaired: left.length + right.length - 2 * pairs.length };
}

function pair(left: TextRun, right: TextRun): TextPair {
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
