import { type Differing, momentsAt } from "./text-moment.ts";
import type { TextPair } from "./text-pair.ts";
import type { TimeWindows } from "./time-window.ts";

/** What a pair of texts says about the builds. */
export type TextMeaning =
  | {
      /**
       * `build-path`: prefixes of absolute paths that stand for the same folder. `build-flags`: compiler flags that map
       * paths to fixed names, but are themselves stored in the file with the original paths.
       */
      readonly kind: "build-path" | "timestamp" | "build-flags" | "embedded-text";
      readonly left: string;
      readonly right: string;
    }
  /** A hash that cargo or rustc computes from flags and names: it is a consequence of another difference, not a cause. */
  | { readonly kind: "derived" };

/** How paths on build machines usually begin, to find a path directly behind other text. */
const ROOTS = /\/(?:home|root|Users|tmp|var|private|github|__w|opt|mnt|builds?|workspace|Volumes|nix\/store)\//;
/** A flag that maps the path after it to a fixed name (gcc, clang, rustc). */
const MAPPED = /(?:-f(?:file|debug|macro|profile|coverage)-prefix-map=|-fdebug-prefix-map=|--remap-path-prefix[= ])$/;
/** System folders: a program names them because it uses them, not because it was built there. */
const SYSTEM = /^\/(?:etc|usr|dev|proc|sys|run|bin|sbin|lib|lib64|boot|snap|System|Library|Applications)(?:\/|$)/;
const FILE_AT_END = /[\w-]\.\w{1,10}$/;
/** rustc stores a length byte before each piece of a format string, and the piece may begin with a space. */
const LENGTH_AND_SPACE = 2;
/** The length of the longest flag that maps a path, in characters. */
const FLAG_LENGTH = 32;
const PATH_CHARACTERS = /[\w.+@~%=,\p{L}\p{M}-]/u;

/** Paths that compilers embed themselves; they are the same on every machine. */
const FIXED_PATHS = /^\/(?:rustc|rust\/deps|checkout|usr\/(?:include|lib))\//;

/**
 * Classifies a pair of texts: as one path or one time on two machines, as compiler flags, as a derived hash, or as
 * other text.
 */
export function classify(pair: TextPair, windows: TimeWindows): TextMeaning {
  if (withoutHashes(pair.left.text) === withoutHashes(pair.right.text)) return { kind: "derived" };
  const left = { text: pair.left.text, start: pair.prefix, end: pair.left.text.length - pair.suffix };
  const right = { text: pair.right.text, start: pair.prefix, end: pair.right.text.length - pair.suffix };
  const moments = momentsAt(left, right, windows);
  if (moments !== undefined) return { kind: "timestamp", left: moments[0], right: moments[1] };
  const [one, other] = [pathAt(left), pathAt(right)];
  if (one !== undefined && other !== undefined) {
    const [a, b] = differingPrefixes(one.path, other.path);
    const isMapped = MAPPED.test(one.before) && MAPPED.test(other.before);
    if (isMapped) return { kind: "build-flags", left: a.replace(/=.*/, ""), right: b.replace(/=.*/, "") };
    if (a !== b && isOfMachine(one.path, a) && isOfMachine(other.path, b))
      return { kind: "build-path", left: a, right: b };
  }
  return { kind: "embedded-text", left: excerpt(left), right: excerpt(right) };
}

/**
 * Whether a path is that of a build folder: it begins like paths on build machines usually do, or it ends in a file
 * that both sides name alike.
 */
function isOfMachine(path: string, prefix: string): boolean {
  if (FIXED_PATHS.test(path) || SYSTEM.test(path) || prefix.length <= 2) return false;
  if (/^[A-Za-z]:/.test(path) || ROOTS.exec(path)?.index === 0) return true;
  return prefix.length < path.length && FILE_AT_END.test(path);
}

/** Masks the hashes in cargo's folders (`<crate>-<hash>`) and in rustc's symbols (`17h<hash>E`). */
function withoutHashes(text: string): string {
  return text.replace(/(?<=-|17h)[0-9a-f]{16}/g, "#");
}

/** The absolute path that contains the difference or begins at it. */
function pathAt({ text, start, end }: Differing): { path: string; before: string } | undefined {
  let from = start;
  while (from > 0 && isPathCharacter(text[from - 1])) from -= 1;
  let to = Math.max(start, end);
  while (to < text.length && isPathCharacter(text[to])) to += 1;
  const token = text.slice(from, to);
  const windows = /[A-Za-z]:[\\/]/.exec(token);
  const cut = (at: number): { path: string; before: string } => ({
    path: token.slice(at),
    before: text.slice(Math.max(0, from + at - FLAG_LENGTH), from + at),
  });
  if (windows !== null && windows.index <= start - from) return cut(windows.index);
  // A relative path says nothing about the machine. In Rust binaries an absolute path may directly follow other text.
  const begin = token.startsWith("/") ? 0 : (ROOTS.exec(token)?.index ?? Number.POSITIVE_INFINITY);
  return begin > start - from + LENGTH_AND_SPACE ? undefined : cut(begin);
}

function isPathCharacter(character: string | undefined): boolean {
  return (
    character !== undefined &&
    (character === "/" || character === "\\" || character === ":" || PATH_CHARACTERS.test(character))
  );
}

/** Both paths without the trailing components that are equal. */
function differingPrefixes(left: string, right: string): [string, string] {
  const [a, b] = [left.split(/(?=[/\\])/), right.split(/(?=[/\\])/)];
  while (a.length > 1 && b.length > 1 && a.at(-1) === b.at(-1)) {
    a.pop();
    b.pop();
  }
  return [a.join(""), b.join("")];
}

/** The number of characters shown on each side of a difference. */
const SHOWN_AROUND = 24;

function excerpt({ text, start, end }: Differing): string {
  const [from, to] = [start - SHOWN_AROUND, Math.max(end, start) + SHOWN_AROUND];
  return `${from > 0 ? "…" : ""}${text.slice(Math.max(0, from), to)}${to < text.length ? "…" : ""}`;
}
