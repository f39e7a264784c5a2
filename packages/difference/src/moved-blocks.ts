import { both } from "./pair.ts";
import { append, KEY_LENGTH, pairTexts } from "./text-pair.ts";
import type { TextRun } from "./text-runs.ts";

/** The length, in characters, of the substrings (grams) by which moved text is recognised. */
const GRAM_LENGTH = 4;
/** The longest difference within one text, in characters; a longer one comes from several texts. */
const MAX_EDIT = 512;
/** Two texts may have words in common, but this many equal characters are a separate text that has moved. */
const MIN_BLOCK = 16;
const WORD_SEPARATORS = /[\s,;|]+/;
/** Fewer words may be separate texts that happen to be next to each other. */
const MIN_WORDS = 3;
/** The limit for the differing text of both sides together; more comes from different content. */
const MAX_BYTES = 512 * 1024;

/** A place in a run between grams that both sides have equally often (common grams). */
interface Gap {
  /** The common grams before and after the gap; empty at the ends of the run. */
  readonly before: string;
  readonly after: string;
  /**
   * The range of text that only this side has. If `from` is not less than `to`, the range is empty: two blocks touch on
   * this side, and other text separates them on the other side.
   */
  readonly from: number;
  readonly to: number;
  /** The text from `before` to `after`, including both. */
  readonly text: string;
}

/** The gaps of one side, indexed for comparison with the other side. */
interface Gaps {
  /** The texts of the gaps by their grams before and after. */
  readonly places: ReadonlyMap<string, ReadonlySet<string>>;
  readonly before: ReadonlySet<string>;
  readonly after: ReadonlySet<string>;
}

export interface NewTexts {
  readonly left: readonly TextRun[];
  readonly right: readonly TextRun[];
  /** Whether text was left out because it has only moved. */
  readonly hasMoved: boolean;
}

/**
 * Leaves out text that the other side has too, at another place or next to other text. Rust and Go store string
 * literals one after another without terminators, so a different order by the linker, or one longer text, gives
 * different runs of the same literals. Runs are cut where two such blocks meet, and a piece is kept if it contains
 * something new.
 */
export function newTexts(left: readonly TextRun[], right: readonly TextRun[]): NewTexts {
  const bytes = totalLength([...left, ...right]);
  if (left.length === 0 || right.length === 0 || bytes > MAX_BYTES) return { left, right, hasMoved: false };
  const counts = new Map<string, number>();
  for (const { text } of left) countGrams(text, 1, counts);
  for (const { text } of right) countGrams(text, -1, counts);
  const [a, b] = both([left, right], (runs) => runs.map((run) => ({ run, gaps: findGaps(run.text, counts) })));
  const [gapsA, gapsB] = both([a, b], (side) => index(side.flatMap(({ gaps }) => gaps)));
  const examined = [
    a.map(({ run, gaps }) => examine(run, cut(run, gaps, gapsB))),
    b.map(({ run, gaps }) => examine(run, cut(run, gaps, gapsA))),
  ] as const;
  keepEdited(...examined);
  const [keptA, keptB] = both(examined, (side) => side.flatMap(({ pieces }) => pieces));
  return { left: keptA, right: keptB, hasMoved: totalLength([...keptA, ...keptB]) < bytes };
}

function totalLength(runs: readonly TextRun[]): number {
  return runs.reduce((sum, { text }) => sum + text.length, 0);
}

/** A run of one side and the pieces of it that are kept. */
interface Examined {
  readonly run: TextRun;
  /** The sorted words of the run; empty if there are too few. */
  readonly words: string;
  /** Whether the whole run was kept as one piece, so `keepEdited` need not restore it. */
  readonly isWhole: boolean;
  pieces: readonly TextRun[];
}

function examine(run: TextRun, pieces: readonly TextRun[]): Examined {
  const words = run.text.split(WORD_SEPARATORS).sort();
  const isWhole = pieces.length === 1 && pieces[0] === run;
  return { run, words: words.length < MIN_WORDS ? "" : words.join("\0"), isWhole, pieces };
}

/**
 * Keeps edited texts whole. The old and the new middle of an edited text may have characters in common by chance, such
 * as the `, 67` of two lists of numbers, which are not a block that moved.
 */
function keepEdited(left: readonly Examined[], right: readonly Examined[]): void {
  const ends = ({ run }: Examined): string[] => [
    `at ${run.offset}`,
    `<${run.text.slice(0, KEY_LENGTH)}`,
    `>${run.text.slice(-KEY_LENGTH)}`,
  ];
  const texts = [left, right].map((side) => side.map(({ run }) => run.text).join("\0"));
  const candidates = new Map<string, Examined[]>();
  for (const one of right) for (const end of ends(one)) append(candidates, end, one);
  const taken = new Set<Examined>();
  for (const [index, one] of left.entries()) {
    const found = new Set<Examined>();
    const look = (others: readonly Examined[]): void => {
      for (const other of others) {
        if (found.size > 1) return;
        if (!taken.has(other) && !found.has(other) && isEdited(one, other, texts)) found.add(other);
      }
    };
    for (const end of ends(one)) look(candidates.get(end) ?? []);
    if (left.length === right.length) look(right.slice(index, index + 1));
    const [other] = found;
    if (other === undefined || found.size > 1) continue;
    taken.add(other);
    one.pieces = [one.run];
    other.pieces = [other.run];
  }
}

/**
 * Whether two runs are one edited text: they have the same words, or only their middles differ, with something new
 * there and no long block that has moved.
 */
function isEdited(left: Examined, right: Examined, [textsA = "", textsB = ""]: readonly string[]): boolean {
  // Adjacent texts without a separator would form different words when their neighbours change.
  if (left.words !== "" && left.words === right.words) return true;
  if (left.isWhole && right.isWhole) return false;
  const { prefix, suffix } = pairTexts(left.run, right.run);
  // On both sides one piece already covers the new text.
  if (hasMiddle(left, prefix, suffix) && hasMiddle(right, prefix, suffix)) return false;
  if (isLikerInPieces(left, right, prefix + suffix)) return false;
  const isWithoutNews = left.pieces.length === 0 || right.pieces.length === 0;
  if (isWithoutNews && prefix + suffix < KEY_LENGTH) return false;
  const sides = [left, right].map(({ run, pieces }) => ({ run, pieces, end: run.text.length - suffix }));
  if (sides.some(({ end }) => end <= prefix || end - prefix > MAX_EDIT)) return false;
  const isNew = sides.some(({ run, pieces, end }) =>
    pieces.some(({ offset, text }) => offset - run.offset < end && offset - run.offset + text.length > prefix),
  );
  if (!isNew) return false;
  const [middleA = "", middleB = ""] = sides.map(({ run, end }) => run.text.slice(prefix, end));
  return !hasLongBlock(middleA, textsB) && !hasLongBlock(middleB, textsA);
}

/** Whether a single piece covers everything between the equal ends. */
function hasMiddle({ run, pieces: [piece, ...others] }: Examined, prefix: number, suffix: number): boolean {
  if (piece === undefined || others.length > 0) return false;
  const start = piece.offset - run.offset;
  return start <= prefix && start + piece.text.length >= run.text.length - suffix;
}

/** Whether both runs have a single piece, and these have at least as many equal characters at their ends as the runs. */
function isLikerInPieces(left: Examined, right: Examined, common: number): boolean {
  const [[one, ...moreLeft], [other, ...moreRight]] = [left.pieces, right.pieces];
  if (one === undefined || other === undefined || moreLeft.length + moreRight.length > 0) return false;
  const { prefix, suffix } = pairTexts(one, other);
  return prefix + suffix >= common;
}

/** Whether the text contains a part of the other side's texts that is too long to be a coincidence. */
function hasLongBlock(text: string, others: string): boolean {
  for (let at = 0; at + MIN_BLOCK <= text.length; at += 1)
    if (others.includes(text.slice(at, at + MIN_BLOCK))) return true;
  return false;
}

function countGrams(text: string, by: 1 | -1, counts: Map<string, number>): void {
  for (let at = 0; at + GRAM_LENGTH <= text.length; at += 1) {
    const gram = text.slice(at, at + GRAM_LENGTH);
    counts.set(gram, (counts.get(gram) ?? 0) + by);
  }
}

/** Finds the gaps between common grams in a run, including those at its two ends. */
function findGaps(text: string, counts: ReadonlyMap<string, number>): Gap[] {
  const gaps: Gap[] = [];
  let before = "";
  let [last, from] = [-1, 0];
  const add = (after: string, to: number): void => {
    const around = text.slice(from - before.length, to + after.length);
    gaps.push({ before, after, from, to, text: around });
  };
  for (let at = 0; at + GRAM_LENGTH <= text.length; at += 1) {
    const gram = text.slice(at, at + GRAM_LENGTH);
    if (counts.get(gram) !== 0) continue;
    if (before === "" || at > last + 1) add(gram, at);
    before = gram;
    last = at;
    from = at + GRAM_LENGTH;
  }
  add("", text.length);
  return gaps;
}

function index(gaps: readonly Gap[]): Gaps {
  const filled = gaps.filter(({ from, to }) => from < to);
  const places = new Map<string, Set<string>>();
  for (const gap of gaps) places.set(placeOf(gap), (places.get(placeOf(gap)) ?? new Set()).add(gap.text));
  return {
    places,
    before: new Set(filled.map(({ before }) => before)),
    after: new Set(filled.map(({ after }) => after)),
  };
}

function placeOf({ before, after }: Gap): string {
  return `${before}\0${after}`;
}

/** A part of a run. A part that does not start with the run counts as delimited, since its start was found by the comparison. */
function part(run: TextRun, start: number, end: number): TextRun {
  if (start === 0 && end === run.text.length) return run;
  return {
    text: run.text.slice(start, end),
    offset: run.offset + start,
    isDelimited: start > 0 || run.isDelimited === true,
  };
}

/** Cuts a run and returns the pieces that contain something new. */
function cut(run: TextRun, gaps: readonly Gap[], others: Gaps): TextRun[] {
  const { text } = run;
  const pieces: TextRun[] = [];
  let start = 0;
  let isNew = false;
  const end = (at: number): void => {
    const piece = part(run, start, at);
    if (isNew && piece.text.length >= GRAM_LENGTH) pieces.push(piece);
    start = at;
    isNew = false;
  };
  for (const gap of gaps) {
    const counterparts = others.places.get(placeOf(gap));
    if (counterparts !== undefined) {
      // Both sides have this gap between the same grams, so a text was changed or extended here.
      isNew ||= !counterparts.has(gap.text);
    } else if (gap.from >= gap.to) {
      end(gap.from);
    } else {
      if (!others.before.has(gap.before)) end(gap.from);
      isNew = true;
      if (!others.after.has(gap.after)) end(gap.to);
    }
  }
  end(text.length);
  return pieces;
}
