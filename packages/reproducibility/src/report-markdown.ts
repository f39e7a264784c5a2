import type { FileVerdict } from "./compare.ts";
import { type Comparison, mismatches, namedCauses, sharedCauses } from "./comparison.ts";
import type { Cell, Table } from "./table.ts";
import { visible } from "./visible.ts";

/** Rows of a table in the job summary; the HTML report has all of them. */
const MAX_ROWS = 100;
const SHADES = " ░▒▓█";

/** A table of files by builds: `=` where a build agrees with the majority, a letter for each other content. */
export function filesTable(comparison: Comparison): Table {
  const { builds, verdicts } = comparison;
  const differing = mismatches(comparison);
  const shown = differing.length > 0 ? differing : verdicts;
  const rows = shown
    .slice(0, MAX_ROWS)
    .map((verdict): Cell[] => [
      code(verdict.path),
      verdict.kind === "equal" ? "equal" : verdict.severity === "ignored" ? `${verdict.kind} (expected)` : verdict.kind,
      ...builds.map(({ name }) => letterOf(verdict, name)),
    ]);
  return { header: ["file", "", ...builds.map(({ name }) => name)], rows };
}

/** Where in each explained file the differences lie, as a bar of 64 parts. */
export function barsTable({ explanations }: Comparison): Table {
  const rows = explanations
    .slice(0, MAX_ROWS)
    .map(({ path, left, right, map }): Cell[] => [
      code(path),
      `${left} / ${right}`,
      code(map.buckets.map((share) => SHADES[Math.ceil(share * (SHADES.length - 1))]).join("")),
      `${map.differing} of ${map.length} bytes`,
    ]);
  return { header: ["file", "builds", "where (start to end)", "differing"], rows };
}

export function causesTable(comparison: Comparison): Table {
  const rows = sharedCauses(namedCauses(comparison))
    .slice(0, MAX_ROWS)
    .map(({ files, title, place, left, right, remedy }): Cell[] => [
      files[0] === "" ? "all" : `${code(files[0] ?? "")}${files.length > 1 ? ` and ${files.length - 1} more` : ""}`,
      title,
      place === "" ? "-" : code(place),
      code(left),
      code(right),
      remedy,
    ]);
  return { header: ["file", "cause", "where", "one side", "the other", "remedy"], rows };
}

export function contextTable({ builds, contexts }: Comparison): Table {
  const rows = contexts.map(({ key, values }): Cell[] => [
    key,
    ...builds.map(({ name }) => code(values.find(({ build }) => build === name)?.value ?? "not recorded")),
  ]);
  return { header: ["", ...builds.map(({ name }) => name)], rows };
}

/** `=` for the majority, `A`, `B`, ... for what other groups have, `-` for nothing. */
export function letterOf({ agreements, hasMajority }: FileVerdict, build: string): string {
  const group = agreements.findIndex(({ builds }) => builds.includes(build));
  const what = agreements[group]?.what;
  if (what === undefined || what === "missing") return "-";
  if (agreements.length === 1 || (group === 0 && hasMajority)) return "=";
  return lettersOf(hasMajority ? group - 1 : group);
}

/** A to Z, then AA, AB, ... as columns of a table are named. */
function lettersOf(index: number): string {
  const last = String.fromCharCode(65 + (index % 26));
  return index < 26 ? last : lettersOf(Math.floor(index / 26) - 1) + last;
}

/** Names and evidence come from the files: they are shown as they are, never read as Markdown. */
function code(text: string): string {
  const clean = visible(text).replaceAll("`", "'");
  return clean.trim() === "" ? "-" : `\`${clean}\``;
}
