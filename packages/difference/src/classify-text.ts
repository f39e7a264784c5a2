import type { TextPair } from "./texts.ts";

/** What a pair of texts says about the builds. */
export type TextMeaning =
  /** Prefixes of absolute paths that stand for the same folder. */
  | { readonly kind: "path"; readonly left: string; readonly right: string }
  | { readonly kind: "time"; readonly left: string; readonly right: string }
  /** A hash that cargo or rustc makes of flags and names: it follows from a difference and is none itself. */
  | { readonly kind: "derived" }
  | { readonly kind: "other"; readonly left: string; readonly right: string };

const MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";
const TIMES = [
  /\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?)?/g,
  new RegExp(
    `(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?(?:${MONTH} [ \\d]\\d|\\d{1,2} ${MONTH})[ ,]+(?:\\d\\d:\\d\\d:\\d\\d [A-Z]+ )?\\d{4}`,
    "g",
  ),
  new RegExp(`${MONTH} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d`, "g"),
  /(?<!\d)\d\d:\d\d:\d\d(?!\d)/g,
  /(?<!\d)20\d{6}(?:T?\d{6}Z?)?(?!\d)/g,
];
const EPOCH = /(?<!\d)1\d{9}(?:\d{3})?(?:\d{6})?(?!\d)/g;

/** Where the folders begin in which machines build, for a path that follows other text directly. */
const ROOTS = /\/(?:home|root|Users|tmp|var|private|github|__w|opt|mnt)\//;
/** rustc puts the length of a piece of a format string before it, and a space may begin the piece. */
const LENGTH_AND_SPACE = 2;
const PATH_CHARACTERS = /[\w.+@~%=,-]/;

/** Paths that the compilers themselves put in, equal wherever they run. */
const FIXED_PATHS = /^\/(?:rustc|rust\/deps|checkout|usr\/(?:include|lib))\//;

/** Reads a pair of texts as the same path, or the same moment, on two machines. */
export function classify(pair: TextPair): TextMeaning {
  if (withoutHashes(pair.left.text) === withoutHashes(pair.right.text)) return { kind: "derived" };
  const left = { text: pair.left.text, start: pair.prefix, end: pair.left.text.length - pair.suffix };
  const right = { text: pair.right.text, start: pair.prefix, end: pair.right.text.length - pair.suffix };
  const times = [timeAt(left), timeAt(right)];
  if (times[0] !== undefined && times[1] !== undefined) return { kind: "time", left: times[0], right: times[1] };
  const paths = [pathAt(left), pathAt(right)];
  if (paths[0] !== undefined && paths[1] !== undefined) {
    const [a, b] = differingPrefixes(paths[0], paths[1]);
    if (a !== b && Math.min(a.length, b.length) > 2 && !FIXED_PATHS.test(a) && !FIXED_PATHS.test(b))
      return { kind: "path", left: a, right: b };
  }
  return { kind: "other", left: excerpt(left), right: excerpt(right) };
}

/** Cargo's folders are named `<crate>-<hash>`, rustc's symbols end in `17h<hash>E`. */
function withoutHashes(text: string): string {
  return text.replace(/(?<=-|17h)[0-9a-f]{16}/g, "#");
}

/** A text and the part of it that differs from the other side's. */
interface Differing {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

function timeAt({ text, start, end }: Differing): string | undefined {
  for (const pattern of [...TIMES, EPOCH]) {
    for (const match of text.matchAll(pattern)) {
      const touches = match.index < Math.max(end, start + 1) && match.index + match[0].length > start;
      if (touches && match.index <= start + 1 && plausible(pattern, match[0])) return match[0];
    }
  }
  return undefined;
}

/** Ten digits are seconds since 1970 only within the years in which anything here could be built. */
function plausible(pattern: RegExp, text: string): boolean {
  if (pattern !== EPOCH) return true;
  const seconds = Number(text.slice(0, 10));
  return seconds > 1_262_304_000 && seconds < 2_208_988_800;
}

/** The absolute path that the difference lies in, or that it begins. */
function pathAt({ text, start, end }: Differing): string | undefined {
  let from = start;
  while (from > 0 && isPathCharacter(text[from - 1])) from -= 1;
  let to = Math.max(start, end);
  while (to < text.length && isPathCharacter(text[to])) to += 1;
  const token = text.slice(from, to);
  const windows = /[A-Za-z]:[\\/]/.exec(token);
  if (windows !== null && windows.index <= start - from) return token.slice(windows.index);
  // A relative path names no machine; in Rust's texts an absolute one may follow another text directly.
  const begin = token.startsWith("/") ? 0 : (ROOTS.exec(token)?.index ?? Number.POSITIVE_INFINITY);
  return begin > start - from + LENGTH_AND_SPACE ? undefined : token.slice(begin);
}

function isPathCharacter(character: string | undefined): boolean {
  return (
    character !== undefined &&
    (character === "/" || character === "\\" || character === ":" || PATH_CHARACTERS.test(character))
  );
}

/** The paths without the folders at their ends that are equal. */
function differingPrefixes(left: string, right: string): [string, string] {
  const [a, b] = [left.split(/(?=[/\\])/), right.split(/(?=[/\\])/)];
  while (a.length > 1 && b.length > 1 && a.at(-1) === b.at(-1)) {
    a.pop();
    b.pop();
  }
  // Where two paths end differently (`/a/x1.rs`, `/b/x2.rs`), the folder is what a remap can name.
  return [a.join(""), b.join("")];
}

function excerpt({ text, start, end }: Differing): string {
  return text.slice(Math.max(0, start - 24), Math.max(end, start) + 24).trim();
}
