import { availableParallelism } from "node:os";
import type { NamedCause } from "@release-actions/reproducibility";
import type { Variation } from "./variation.ts";
import { DAYS_AHEAD, VARIED_FOLDERS, VARIED_VALUES } from "./varied-values.ts";

type Sides = Pick<NamedCause, "kind" | "left" | "right">;

/** Text that only a varied build can contain. The offsets are those of the time zones, in winter and summer. */
const WORDS: readonly (readonly [Variation, readonly string[]])[] = [
  ["exec-path", [VARIED_FOLDERS.programs]],
  ["home", [`/${VARIED_FOLDERS.home}`]],
  ["path", [VARIED_FOLDERS.workspace]],
  ["host", [VARIED_VALUES.host]],
  ["domain", [VARIED_VALUES.domain]],
  ["kernel", [VARIED_VALUES.kernel]],
  ["user", [VARIED_VALUES.user]],
  ["environment", [VARIED_VALUES.variable]],
  ["locale", ["tr_TR", "tr-TR", "fr_CH", "fr-CH", ...VARIED_VALUES.locale]],
  ["timezone", [...VARIED_VALUES.timezone, "+05:45", "+0545", "-03:30", "-0330", "-02:30", "-0230"]],
];
const DAY_MS = 24 * 60 * 60 * 1000;
const QUARTER_MS = 15 * 60 * 1000;
/** The zones of the Earth are at most 26 hours apart. */
const MAX_ZONES_MS = 26 * 60 * 60 * 1000;

/**
 * The variations that the differences in the products suggest, the most likely first. They only decide what the search
 * tries first; builds confirm each cause that it reports.
 */
export function suggestedVariations(causes: readonly Sides[], cpus: number = availableParallelism()): Variation[] {
  const found = causes.map((one) => suggestionsOf(one, cpus));
  // If a difference suggests a single variation, that is more likely than one of several.
  found.sort((a, b) => a.length - b.length);
  return [...new Set(found.flat())];
}

function suggestionsOf(cause: Sides, cpus: number): Variation[] {
  const { kind, left, right } = cause;
  const named = WORDS.filter(([, words]) => words.some((word) => right.includes(word) && !left.includes(word)));
  const [first] = named;
  if (first !== undefined) return [first[0]];
  if (kind === "build-path") return ["path", "home"];
  if (kind === "text-order" || kind === "member-order") return ["file-order"];
  if (kind === "codegen-order") return ["cpus"];
  if (kind === "timestamp") return byMoments(left, right);
  const [one, other] = differingNumbers(left, right);
  if (one === undefined || other === undefined) return [];
  if (Number(one) === cpus && other === "1") return ["cpus"];
  return VARIED_VALUES.umask.some((mask) => isMasked(one, other, mask)) ? ["umask"] : [];
}

/** Variations that explain two different times: a changed clock, a time zone, or new times of copied files. */
function byMoments(left: string, right: string): Variation[] {
  const apart = momentOf(right) - momentOf(left);
  if (Number.isNaN(apart)) return ["time", "timezone", "file-times"];
  if (Math.abs(apart - DAYS_AHEAD * DAY_MS) < 2 * DAY_MS) return ["time"];
  const isOffset = apart !== 0 && Math.abs(apart) <= MAX_ZONES_MS && Math.abs(apart) > QUARTER_MS;
  return isOffset ? ["timezone", "file-times"] : ["file-times", "time"];
}

/** The time in a text, in milliseconds since 1970: a date such as `2026-11-29 10:00:00`, or seconds since 1970. */
function momentOf(text: string): number {
  const iso = /\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?)?/.exec(text)?.[0];
  if (iso !== undefined) return Date.parse(iso.length > 10 ? `${iso.replace(" ", "T")}Z` : iso);
  const seconds = /(?<!\d)1\d{9}(?!\d)/.exec(text)?.[0];
  return seconds === undefined ? Date.parse(text) : Number(seconds) * 1000;
}

/** The numbers in which two texts differ, if they differ in one number only. */
function differingNumbers(left: string, right: string): [string, string] | [undefined, undefined] {
  const [one, other] = [left.match(/\d+|\D+/g) ?? [], right.match(/\d+|\D+/g) ?? []];
  const at = one.flatMap((part, index) => (part === other[index] ? [] : [index]));
  const [a, b] = [one[at[0] ?? -1], other[at[0] ?? -1]];
  const isOne = one.length === other.length && at.length === 1 && a !== undefined && b !== undefined;
  return isOne && /^\d/.test(a) && /^\d/.test(b) ? [a, b] : [undefined, undefined];
}

/** Whether the umask turns the first mode into the second. Both are in octal digits. */
function isMasked(left: string, right: string, mask: number): boolean {
  if (!/^[0-7]{3,7}$/.test(left) || !/^[0-7]{3,7}$/.test(right)) return false;
  return (Number.parseInt(left, 8) & ~mask) === Number.parseInt(right, 8);
}
