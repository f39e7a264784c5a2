import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Runner } from "@release-actions/action-kit";
import {
  barsTable,
  type Comparison,
  causesTable,
  contextTable,
  filesTable,
  htmlReport,
  isReproducible,
  mismatches,
  namedCauses,
  type Table,
} from "@release-actions/reproducibility";
import type { contract } from "./action.gen.ts";

export type CompareRunner = Runner<typeof contract>;

/** Differences that are annotated one by one; the others are in the reports. */
const MAX_ANNOTATIONS = 8;

/** Sets the outputs, writes the reports, and fails the step for what counts. */
export function tell(runner: CompareRunner, comparison: Comparison): void {
  const differing = mismatches(comparison);
  const causes = namedCauses(comparison);
  const reproducible = isReproducible(comparison);
  runner.setOutput("reproducible", reproducible);
  runner.setOutput("compared", comparison.verdicts.length);
  runner.setOutput(
    "mismatches",
    differing.map(({ hasMajority: _shown, ...verdict }) => verdict),
  );
  runner.setOutput("causes", causes);
  writeReport(runner, comparison);
  summarise(runner, comparison, reproducible);

  for (const { path: file, kind, severity, reason, agreements } of differing.slice(0, MAX_ANNOTATIONS)) {
    const why = causes.find((one) => one.file === file) ?? causes.find((one) => one.file === "");
    const groups = agreements.map(({ what, builds }) => `  ${builds.join(", ")}: ${what}`).join("\n");
    const because =
      why === undefined
        ? ""
        : `\nCause: ${why.title} (${[why.place, why.left, why.right].filter(Boolean).join(", ")})\n${why.remedy}`;
    const message = `${file} differs (${kind})${reason === undefined ? "" : `, ${reason}`}\n${groups}${because}`;
    runner.problem({ level: severity === "ignored" ? "notice" : severity, message });
  }
  const failing = differing.filter(({ severity }) => severity === "error").length;
  if (failing > 0) runner.fail(`not reproducible: ${failing} of ${comparison.verdicts.length} files differ`);
  else runner.info(`${comparison.verdicts.length} files compared in ${comparison.builds.length} builds`);
}

function writeReport(runner: CompareRunner, comparison: Comparison): void {
  const { report } = runner.inputs;
  if (report === undefined) return;
  mkdirSync(path.dirname(report), { recursive: true });
  writeFileSync(
    report,
    htmlReport(comparison, `Builds compared: ${comparison.builds.map(({ name }) => name).join(", ")}`),
  );
  runner.setOutput("report", report);
}

function summarise(runner: CompareRunner, comparison: Comparison, reproducible: boolean): void {
  const { summary } = runner;
  summary.heading(reproducible ? "Reproducible" : "Not reproducible");
  const section = (title: string, { header, rows }: Table): void => {
    if (rows.length > 0) summary.heading(title, 4).table(header, rows);
  };
  section("Builds made differently", contextTable(comparison));
  section("Causes", causesTable(comparison));
  section("Where", barsTable(comparison));
  section("Files", filesTable(comparison));
}
