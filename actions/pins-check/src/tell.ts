import type { Runner } from "@release-actions/action-kit";
import { type Finding, placeOf, type Site } from "@release-actions/pins";
import type { contract } from "./action.gen.ts";
import type { Verdict } from "./check-and-fix.ts";
import { factRows } from "./fact-table.ts";

const HEADER = ["fact", "value", "where", "relation"];

/** Sets the outputs, then the annotations on both sides of each disagreement, the table and the verdict. */
export function tell(runner: Runner<typeof contract>, verdict: Verdict): void {
  const { findings, fixed, elsewhere } = verdict;
  const errors = findings.filter(({ severity }) => severity === "error");
  runner.setOutput("consistent", errors.length === 0);
  runner.setOutput("problems", [
    ...fixed.map((each) => toProblem(each, true)),
    ...findings.map((each) => toProblem(each, false)),
  ]);

  for (const finding of findings) annotate(runner, finding);
  for (const line of elsewhere) runner.problem({ level: "notice", title: "lies elsewhere", message: line });
  const rows = factRows(verdict);
  for (const line of alignColumns([HEADER, ...rows])) runner.info(line);
  runner.summary.heading(errors.length === 0 ? "Pins agree" : "Pins disagree").table(HEADER, rows);
  if (elsewhere.length > 0)
    runner.summary.heading("To do elsewhere", 4).raw(elsewhere.map((line) => `- ${line}`).join("\n"));
  if (errors.length === 0) return;
  const fixable = errors.some(({ repair }) => repair !== undefined);
  const advice = [
    fixable ? "Run this action with `fix: true`, or change the followers by hand." : "",
    ...new Set(errors.map(({ relation }) => relation.advice ?? "")),
    "What is meant to differ belongs under `exceptions` in pins.yml, with its reason.",
  ];
  const count = `${errors.length} ${errors.length === 1 ? "fact disagrees" : "facts disagree"}`;
  runner.fail(
    `${count}: ${errors.map(({ follower }) => placeOf(follower)).join(", ")}`,
    advice.filter((line) => line !== "").join("\n"),
  );
}

function annotate(
  runner: Runner<typeof contract>,
  { relation, fact, severity, message, leader, follower }: Finding,
): void {
  const title = `${relation.name}: ${fact}`;
  const at = (site: Site): object => (site.location === undefined ? {} : { location: site.location });
  runner.problem({ level: severity, title, message, ...at(follower) });
  if (leader?.location === undefined || severity === "notice") return;
  const other = `"${leader.value}" here, "${follower.value}" at ${placeOf(follower)}`;
  runner.problem({ level: severity, title, message: other, location: leader.location });
}

function toProblem(finding: Finding, isFixed: boolean): object {
  const { relation, fact, severity, message, leader, follower } = finding;
  const sites = leader === undefined ? [follower] : [leader, follower];
  return {
    ...{ fact, relation: relation.kind, severity, message },
    values: sites.map(({ value }) => value),
    places: sites.map(({ location }) => (location === undefined ? null : { file: location.file, line: location.line })),
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
