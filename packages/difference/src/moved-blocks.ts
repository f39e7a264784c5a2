import { append, KEY_LENGTH, pairTexts } from "./text-pair.ts";
import type { TextRun } from "./text-runs.ts";

/** Characters by which a block of text is recognised at another place. */
const GRAM_LENGTH = 4;
/** Of what differs within one text, in characters; more of it is several texts. */
const MAX_EDIT = 512;
/** Two texts may have words in common; as many equal characters are a text of their own that has moved. */
const MIN_BLOCK = 16;
const WORD_SEPARATORS = /[\s,;|]+/;
/** Two words with a separator may be two texts. */
const MIN_WORDS = 3;
/** Of both sides; more differing text than this comes from differing content. */
const MAX_BYTES = 512 * 1024;

/** A place in a run where text that both sides have equally often is interrupted. */
interface Gap {
  /** The last known characters before it, and the first behind it; empty at the ends of the run. */
  readonly before: string;
  readonly after: string;
  /** What only this side has; where `from` is not before `to`, two blocks meet that are apart on the other side. */
  readonly from: number;
  readonly to: number;
  /** The characters from `before` to `after`, with these. */
  readonly text: string;
}

/** What the other side has at its gaps. */
interface Gaps {
  /** What is between two neighbours. */
  readonly places: ReadonlyMap<string, ReadonlySet<string>>;
  readonly before: ReadonlySet<string>;
  readonly after: ReadonlySet<string>;
}

export interface NewTexts {
  readonly left: readonly TextRun[];
  readonly right: readonly TextRun[];
  /** Whether text was left out that is only at another place. */
  readonly hasMoved: boolean;
}

/**
 * Leaves out text that the other side has as well, at another place or between other neighbours. String literals of
 * Rust and Go follow each other without terminators, so that a linker's other order, or one longer text, makes other
 * runs of the same literals. Runs are cut where two such blocks meet; a piece stays when something in it is new.
 */
export function newTexts(left: readonly TextRun[], right: readonly TextRun[]): NewTexts {
  const bytes = [...left, ...right].reduce((sum, { text }) => sum + text.length, 0);
  if (left.length === 0 || right.length === 0 || bytes > MAX_BYTES) return { left, right, hasMoved: false };
  const counts = new Map<string, number>();
  for (const { text } of left) countGrams(text, 1, counts);
  for (const { text } of right) countGrams(text, -1, counts);
  const [a, b] = [
    left.map((run) => ({ run, gaps: findGaps(run.text, counts) })),
    right.map((run) => ({ run, gaps: findGaps(run.text, counts) })),
  ];
  const [gapsA, gapsB] = [index(a.flatMap(({ gaps }) => gaps)), index(b.flatMap(({ gaps }) => gaps))];
  const examined = [
    a.map(({ run, gaps }) => examine(run, cut(run, gaps, gapsB))),
    b.map(({ run, gaps }) => examine(run, cut(run, gaps, gapsA))),
  ] as const;
  keepEdited(...examined);
  const [keptA, keptB] = [examined[0].flatMap(({ pieces }) => pieces), examined[1].flatMap(({ pieces }) => pieces)];
  const length = (runs: readonly TextRun[]): number => runs.reduce((sum, { text }) => sum + text.length, 0);
  return { left: keptA, right: keptB, hasMoved: length(keptA) + length(keptB) < bytes };
}

/** A run of one side, and what is kept of it. */
interface Examined {
  readonly run: TextRun;
  /** Its words in one order; empty where it has too few of them. */
  readonly words: string;
  /** Whether all of it was kept at first: there is nothing to mend about it. */
  readonly isWhole: boolean;
  pieces: readonly TextRun[];
}

function examine(run: TextRun, pieces: readonly TextRun[]): Examined {
  const words = run.text.split(WORD_SEPARATORS).sort();
  const isWhole = pieces.length === 1 && pieces[0] === run;
  return { run, words: words.length < MIN_WORDS ? "" : words.join("\0"), isWhole, pieces };
}

/**
 * One text that has something new in its middle is an edited text, and is kept whole: what its old and its new middle
 * have in common by chance, as the `, 67` of two lists of numbers, is not a block that moved.
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
 * Whether the two are one text: they have the same words, or differ in their middles and have something new there, and
 * nothing long that has moved.
 */
function isEdited(left: Examined, right: Examined, [textsA = "", textsB = ""]: readonly string[]): boolean {
  // Texts without a separator between them would have grown together with other neighbours.
  if (left.words !== "" && left.words === right.words) return true;
  if (left.isWhole && right.isWhole) return false;
  const { prefix, suffix } = pairTexts(left.run, right.run);
  // What is new was found without its neighbours.
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

/** Whether one piece has all that is between equal ends. */
function hasMiddle({ run, pieces: [piece, ...others] }: Examined, prefix: number, suffix: number): boolean {
  if (piece === undefined || others.length > 0) return false;
  const start = piece.offset - run.offset;
  return start <= prefix && start + piece.text.length >= run.text.length - suffix;
}

/** Whether a piece of each have at least as many characters in common at their ends as the runs. */
function isLikerInPieces(left: Examined, right: Examined, common: number): boolean {
  const [[one, ...moreLeft], [other, ...moreRight]] = [left.pieces, right.pieces];
  if (one === undefined || other === undefined || moreLeft.length + moreRight.length > 0) return false;
  const { prefix, suffix } = pairTexts(one, other);
  return prefix + suffix >= common;
}

/** Whether text of the other side, long enough to be no chance, is in it. */
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

/** Where the characters stop that both sides have equally often, and where they go on; its two ends are gaps as well. */
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

/** A part of a run; where its neighbours are elsewhere on the other side is its beginning. */
function part(run: TextRun, start: number, end: number): TextRun {
  if (start === 0 && end === run.text.length) return run;
  return {
    text: run.text.slice(start, end),
    offset: run.offset + start,
    isDelimited: start > 0 || run.isDelimited === true,
  };
}

/** The pieces of a run that have something new in them. */
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
      // Between the same neighbours on both sides: a text was changed there, or got longer.
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
