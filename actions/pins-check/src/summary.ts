import { type Finding, placeOf, type Site } from "@release-actions/pins";
import { countOf } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";
import { annotationsOf } from "./annotations.ts";
import type { Verdict } from "./check-and-fix.ts";
import { factRows } from "./fact-table.ts";

const HEADER = ["fact", "value", "where", "relation"];

/** Sets the outputs, then an annotation for each disagreement, the summary and the verdict. */
export function reportVerdict(runner: ActionRunner, verdict: Verdict): void {
  const { findings, fixed, elsewhere, notes, unread } = verdict;
  const errors = findings.filter(({ severity }) => severity === "error");
  const broken = unread.filter(({ level }) => level === "error");
  const isConsistent = errors.length + broken.length === 0;
  runner.setOutput("consistent", isConsistent);
  runner.setOutput("problems", [
    ...fixed.map((each) => toProblem(each, true)),
    ...findings.map((each) => toProblem(each, false)),
  ]);

  for (const problem of [...annotationsOf(findings), ...unread]) runner.problem(problem);
  if (elsewhere.length > 0) runner.problem({ level: "notice", title: "lies elsewhere", message: elsewhere.join("\n") });
  for (const note of notes) runner.info(note);
  const rows = factRows(verdict);
  for (const line of alignColumns([HEADER, ...rows])) runner.info(line);
  writeSummary(runner, verdict, rows);
  if (isConsistent) return;
  const fixable = errors.some(({ repair }) => repair !== undefined) && !runner.inputs.fix;
  const advice = [
    fixable ? "Run this action with `fix: true`, or edit the files that must follow." : "",
    ...new Set(errors.map(({ relation }) => relation.advice ?? "")),
    "If a difference is intended, add it to `exceptions` in pins.yml, with its reason.",
  ];
  const counts = [
    errors.length === 0 ? "" : countOf(errors.length, "fact disagrees", "facts disagree"),
    broken.length === 0 ? "" : `${countOf(broken.length, "file")} could not be read`,
  ].filter((text) => text !== "");
  const places = [
    ...errors.map(({ follower }) => placeOf(follower)),
    ...broken.map(({ location }) => location?.file ?? ""),
  ];
  runner.fail(`${counts.join(", ")}: ${places.join(", ")}`, advice.filter((line) => line !== "").join("\n"));
}

/** What is wrong comes first; what agrees is folded. */
function writeSummary(runner: ActionRunner, verdict: Verdict, rows: readonly string[][]): void {
  const { findings, elsewhere, notes, unread, fixed } = verdict;
  const { summary } = runner;
  const isConsistent = ![...findings.map(({ severity }) => severity), ...unread.map(({ level }) => level)].includes(
    "error",
  );
  summary.heading(isConsistent ? "Pins agree" : "Pins disagree");
  const problems = [...annotationsOf(findings), ...unread].sort((a, b) => weight(a.level) - weight(b.level));
  if (problems.length > 0) {
    summary.table(
      ["", "where", "what"],
      problems.map(({ level, location, message }) => [
        level,
        location === undefined
          ? "the tag"
          : `${location.file}${location.line === undefined ? "" : `:${location.line}`}`,
        message,
      ]),
    );
  }
  if (fixed.length > 0) summary.heading("Fixed", 4).raw(fixed.map(({ message }) => `- ${message}`).join("\n"));
  if (elsewhere.length > 0) summary.heading("To do elsewhere", 4).raw(elsewhere.map((line) => `- ${line}`).join("\n"));
  if (notes.length > 0) summary.details("How this was decided", notes.map((line) => `- ${line}`).join("\n"));
  if (rows.length > 0) summary.details("All facts", markdownTable(rows));
}

function weight(level: string): number {
  return ["error", "warning", "notice"].indexOf(level);
}

function markdownTable(rows: readonly string[][]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
  return [line(HEADER), line(HEADER.map(() => "---")), ...rows.map(line)].join("\n");
}

function toProblem(finding: Finding, isFixed: boolean): object {
  const { relation, fact, severity, message, leader, follower } = finding;
  const sites = leader === undefined ? [follower] : [leader, follower];
  return {
    fact,
    relation: relation.kind,
    severity,
    message,
    values: sites.map(({ value }) => value),
    places: sites.map(({ location }: Site) =>
      location === undefined ? null : { file: location.file, line: location.line },
    ),
    fixed: isFixed,
  };
}

function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths = HEADER.map((_, column) => Math.max(...rows.map((row) => Math.min(row[column]?.length ?? 0, 60))));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
