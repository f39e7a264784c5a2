import { countOf } from "@release-actions/report";
import type { FileVerdict } from "./compare.ts";
import { type Comparison, causeGroups, leftUnexplained, mismatches } from "./comparison.ts";
import { visible } from "./visible.ts";

type Cell = string | number;

/** A table of a report. */
export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** The most rows of a table in the job summary; the HTML report has more. */
const MAX_ROWS = 100;
const MAX_CAUSE_ROWS = 20;
/** The most columns of builds; more do not fit into a summary or a window. */
export const MAX_BUILD_COLUMNS = 6;
const MAX_NAMES = 5;
const BAR_PARTS = 32;
const SHADES = "░▒▓█";

/** A table of files by builds: `=` where a build agrees with the majority, a letter for each other content. */
export function filesTable(comparison: Comparison): Table {
  const { builds, verdicts } = comparison;
  const differing = mismatches(comparison);
  const shown = (differing.length > 0 ? differing : verdicts).slice(0, MAX_ROWS);
  const columns = builds.length > MAX_BUILD_COLUMNS ? ["builds"] : builds.map(({ name }) => name);
  const rows = shown.map((verdict): Cell[] => [
    code(verdict.path),
    verdict.kind === "equal" ? "equal" : verdict.severity === "ignored" ? `${verdict.kind} (expected)` : verdict.kind,
    ...(builds.length > MAX_BUILD_COLUMNS ? [whoDiffers(verdict)] : builds.map(({ name }) => letterOf(verdict, name))),
  ]);
  return { header: ["file", "", ...columns], rows };
}

/** Names the builds that differ from the majority, or from the first build. */
function whoDiffers({ agreements }: FileVerdict): string {
  const [most, ...others] = agreements;
  const names = others.flatMap(({ builds }) => builds);
  const agree = `${countOf(most?.builds.length ?? 0, "build agrees", "builds agree")}`;
  if (names.length === 0) return agree;
  const more = names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : "";
  const differ = names.length > 1 ? "differ" : "differs";
  return `${agree}; ${names.slice(0, MAX_NAMES).map(visible).join(", ")}${more} ${differ}`;
}

/** Shows the positions of the differences in each explained file, as a bar of 32 parts. */
export function barsTable({ explanations, builds }: Comparison): Table {
  // With two builds there is only one pair, so its names are omitted.
  const pairs = builds.length > 2;
  const rows = explanations
    .slice(0, MAX_ROWS)
    .map(({ path, left, right, map }): Cell[] => [
      code(path),
      ...(pairs ? [`${left} / ${right}`] : []),
      code(barOf(map.buckets)),
      `${map.differing} of ${map.length}`,
    ]);
  return { header: ["file", ...(pairs ? ["builds"] : []), "start to end", "bytes that differ"], rows };
}

/** Draws a bar. It contains no spaces, at which a line could break. A small file has fewer buckets than the bar has parts. */
function barOf(buckets: readonly number[]): string {
  const parts = Array.from({ length: BAR_PARTS }, (_, index) => {
    const [from, to] = [(index * buckets.length) / BAR_PARTS, ((index + 1) * buckets.length) / BAR_PARTS];
    return Math.max(...buckets.slice(Math.floor(from), Math.ceil(to)));
  });
  return parts.map((share) => SHADES[Math.ceil(share * (SHADES.length - 1))]).join("");
}

/** The methods of a job summary that are used here. */
export interface SummaryWriter {
  heading(text: string): unknown;
  table(header: readonly string[], rows: readonly (readonly Cell[])[]): unknown;
  text(text: string): unknown;
}

/** Writes each cause with its places, followed by what to do about it. */
export function writeCauses(summary: SummaryWriter, comparison: Comparison): void {
  for (const { title, remedy, causes } of causeGroups(comparison)) {
    const hasPlaces = causes.some(({ place }) => place !== "");
    const rows = causes
      .slice(0, MAX_CAUSE_ROWS)
      .map(({ files, place, left, right }): Cell[] => [
        files[0] === "" ? "all" : `${code(files[0] ?? "")}${files.length > 1 ? ` and ${files.length - 1} more` : ""}`,
        ...(hasPlaces ? [code(place)] : []),
        code(shortDigests(left)),
        code(shortDigests(right)),
      ]);
    summary.heading(`Cause: ${visible(title)}`);
    summary.table(["file", ...(hasPlaces ? ["where"] : []), "one side", "the other"], rows);
    if (causes.length > rows.length)
      summary.text(`${countOf(causes.length - rows.length, "more place")} in the report.`);
    summary.text(visible(remedy));
  }
  const left = leftUnexplained(comparison);
  if (left !== "") summary.text(left);
}

/** Shortens digests to their first digits; the report and the outputs have the full digests. */
function shortDigests(text: string): string {
  return text.replace(/\b((?:blake3|blake2b|sha256|sha512):[0-9a-f]{12})[0-9a-f]{20,}/g, "$1…");
}

/** A table of the keys of the context whose values differ, with one column per build. */
export function contextTable({ builds, contexts }: Comparison): Table {
  const rows = contexts.map(({ key, values }): Cell[] => [
    key,
    ...builds.map(({ name }) => code(values.find(({ build }) => build === name)?.value ?? "not recorded")),
  ]);
  return { header: ["", ...builds.map(({ name }) => name)], rows };
}

/** The letter of a build: `=` for the majority, `A`, `B`, ... for each other version, `-` for a missing file. */
export function letterOf({ agreements, hasMajority }: FileVerdict, build: string): string {
  const group = agreements.findIndex(({ builds }) => builds.includes(build));
  const what = agreements[group]?.what;
  if (what === undefined || what === "missing") return "-";
  if (agreements.length === 1 || (group === 0 && hasMajority)) return "=";
  return lettersOf(hasMajority ? group - 1 : group);
}

/** A to Z, then AA, AB, ... like the columns of a spreadsheet. */
function lettersOf(index: number): string {
  const last = String.fromCharCode(65 + (index % 26));
  return index < 26 ? last : lettersOf(Math.floor(index / 26) - 1) + last;
}

/** Formats a name or evidence as code. It comes from the compared files, so it must not be read as Markdown. */
function code(text: string): string {
  const clean = visible(text).replaceAll("`", "'");
  return clean.trim() === "" ? "-" : `\`${clean}\``;
}
