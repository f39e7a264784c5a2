import { Summary } from "@release-actions/action-kit";
import { type Finding, placeOf, type Site } from "@release-actions/pins";
import { countOf } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";
import { annotationsOf } from "./annotations.ts";
import type { Verdict } from "./check-and-fix.ts";
import { factRows } from "./fact-table.ts";

const HEADER = ["fact", "value", "where", "relation"];

/** Sets the outputs, then an annotation for each disagreement, the summary and the verdict. */
export function reportVerdict(runner: ActionRunner, verdict: Verdict): void {
  const { facts, findings, fixed, elsewhere, notes, unread } = verdict;
  const errors = findings.filter(({ severity }) => severity === "error");
  const broken = unread.filter(({ level }) => level === "error");
  const isConsistent = errors.length + broken.length === 0;
  runner.setOutput("consistent", isConsistent);
  runner.setOutput("problems", [
    ...fixed.map((each) => toProblem(each, true)),
    ...findings.map((each) => toProblem(each, false)),
  ]);

  const problems = [...annotationsOf(findings), ...unread];
  for (const problem of problems) runner.problem(problem);
  if (elsewhere.length > 0)
    runner.problem({ level: "notice", title: "in another repository", message: elsewhere.join("\n") });
  for (const note of notes) runner.info(note);
  const rows = factRows(verdict);
  for (const line of alignColumns([HEADER, ...rows])) runner.info(line);
  const counts = [
    errors.length === 0 ? "" : countOf(errors.length, "fact disagrees", "facts disagree"),
    broken.length === 0 ? "" : `${countOf(broken.length, "file")} could not be read`,
  ];
  const faults = counts.filter((text) => text !== "").join(", ");
  const fixable = errors.some(({ repair }) => repair !== undefined) && !runner.inputs.fix;
  const lines = [
    fixable ? "Run this action with `fix: true`, or edit the files that must follow." : "",
    ...new Set(errors.map(({ relation }) => relation.advice ?? "")),
    "If a difference is intended, add it to `exceptions` in pins.yml, with its reason.",
  ];
  const advice = lines.filter((line) => line !== "").join("\n");
  const said = isConsistent ? countOf(facts.length, "fact agrees", "facts agree") : faults;
  runner.summary
    .verdict(isConsistent ? "success" : "error", `Pins: ${said}${fixed.length > 0 ? `, ${fixed.length} fixed` : ""}`)
    .findings(problems)
    .next(isConsistent ? "" : advice);
  writeDetails(runner.summary, verdict, rows);
  if (isConsistent) return;
  const places = [
    ...errors.map(({ follower }) => placeOf(follower)),
    ...broken.map(({ location }) => location?.file ?? ""),
  ];
  runner.fail(`${faults}: ${places.join(", ")}`, advice);
}

/** What stands below the findings; values that agree are folded. */
function writeDetails(summary: Summary, { elsewhere, notes, fixed }: Verdict, rows: readonly string[][]): void {
  if (fixed.length > 0)
    summary.heading("Fixed").raw(fixed.map(({ follower, message }) => `- ${placeOf(follower)}: ${message}`).join("\n"));
  if (elsewhere.length > 0)
    summary.heading("To do in other repositories").raw(elsewhere.map((line) => `- ${line}`).join("\n"));
  if (notes.length > 0) summary.details("How this was decided", notes.map((line) => `- ${line}`).join("\n"));
  if (rows.length > 0) summary.details("All facts", new Summary().table(HEADER, rows));
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
