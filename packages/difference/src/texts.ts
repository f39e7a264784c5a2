import type { RandomAccessSource } from "@release-actions/archive";

const MIN_LENGTH = 4;
/** A longer run of printable bytes is a data file; its pieces are compared like runs of their own. */
const MAX_LENGTH = 8192;
/** More than the texts of the largest binaries; beyond it, only what was read counts. */
const MAX_RUNS = 2_000_000;

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

/** Pairs in order where the counts are equal, else by what they begin or end with. */
function pairUp(left: readonly TextRun[], right: readonly TextRun[]): TextDifference {
  if (left.length === right.length) {
    const pairs = left.flatMap((run, index) => {
      const other = right[index];
      return other === undefined ? [] : [pair(run, other)];
    });
    return { pairs, unpaired: 0 };
  }
  const free = new Map<string, TextRun[]>();
  for (const run of right) {
    for (const key of keys(run)) free.set(key, [...(free.get(key) ?? []), run]);
  }
  const used = new Set<TextRun>();
  const pairs = left.flatMap((run) => {
    const other = keys(run)
      .flatMap((key) => free.get(key) ?? [])
      .find((candidate) => !used.has(candidate));
    if (other === undefined) return [];
    used.add(other);
    return [pair(run, other)];
  });
  return { pairs, unpaired: left.length + right.length - 2 * pairs.length };
}

function keys({ text }: TextRun): string[] {
  return [`<${text.slice(0, 12)}`, `>${text.slice(-12)}`];
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
