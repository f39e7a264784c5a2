import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { countOf } from "@release-actions/report";
import {
  type Comparison,
  htmlReport,
  isReproducible,
  mismatches,
  namedCauses,
  verificationStatement,
  visible,
} from "@release-actions/reproducibility";
import type { ActionRunner } from "./action.gen.ts";
import { writeSummary } from "./write-summary.ts";
import { jsonBeside, predicateBeside } from "./written-files.ts";

/** The most differences that get an annotation of their own; the others are in the reports. */
const MAX_ANNOTATIONS = 8;

/** The size limit of one output. GitHub limits all outputs of a job together to 1 MiB. */
const MAX_OUTPUT_BYTES = 128 * 1024;

/** As many of the first items as fit into an output; the reports have all of them. */
function firstThatFit<T>(items: readonly T[]): T[] {
  let bytes = 0;
  const end = items.findIndex((item) => {
    bytes += Buffer.byteLength(JSON.stringify(item)) + 1;
    return bytes > MAX_OUTPUT_BYTES;
  });
  return items.slice(0, end < 0 ? undefined : end);
}

/** Sets the outputs, writes the reports, and fails the step for differences of the level error. */
export function summarize(runner: ActionRunner, comparison: Comparison): void {
  const differing = mismatches(comparison);
  const causes = namedCauses(comparison);
  const reproducible = isReproducible(comparison);
  runner.setOutput("reproducible", reproducible);
  runner.setOutput("compared", comparison.verdicts.length);
  runner.setOutput("mismatch-count", differing.length);
  const listed = differing.map(({ hasMajority: _shown, ...verdict }) => verdict);
  runner.setOutput("mismatches", firstThatFit(listed));
  runner.setOutput("causes", firstThatFit(causes));
  writeReport(runner, comparison);
  writeAttestation(runner, comparison);
  writeSummary(runner.summary, comparison);

  for (const { path: file, kind, severity, reason, agreements } of differing.slice(0, MAX_ANNOTATIONS)) {
    const why = causes.find((one) => one.file === file) ?? causes.find((one) => one.file === "");
    const groups = agreements.map(({ what, builds }) => `  ${builds.join(", ")}: ${what}`).join("\n");
    const because =
      why === undefined
        ? ""
        : `\nCause: ${why.title} (${[why.place, why.left, why.right].filter(Boolean).map(visible).join(", ")})\n${why.remedy}`;
    const message = `${visible(file)} differs (${kind})${reason === undefined ? "" : `, ${reason}`}\n${groups}${because}`;
    runner.problem({ level: severity === "ignored" ? "notice" : severity, message });
  }
  const failing = differing.filter(({ severity }) => severity === "error").length;
  if (failing > 0)
    runner.fail(
      `not reproducible: ${failing} of ${countOf(comparison.verdicts.length, "file differs", "files differ")}`,
    );
  else
    runner.info(
      `${countOf(comparison.verdicts.length, "file")} compared in ${countOf(comparison.builds.length, "build")}`,
    );
}

function writeReport(runner: ActionRunner, comparison: Comparison): void {
  const { report } = runner.inputs;
  if (report === undefined) return;
  mkdirSync(path.dirname(report), { recursive: true });
  writeFileSync(report, htmlReport(comparison, reportTitle(comparison.builds.map(({ name }) => name))));
  const { verdicts, notExplained = 0 } = comparison;
  const all = {
    mismatches: mismatches(comparison),
    causes: namedCauses(comparison),
    compared: verdicts.length,
    notExplained,
  };
  writeFileSync(jsonBeside(report), `${JSON.stringify(all, undefined, 1)}\n`);
  runner.setOutput("report", report);
}

function writeAttestation(runner: ActionRunner, comparison: Comparison): void {
  const { inputs, env } = runner;
  const file = inputs.attestation;
  if (file === undefined) return;
  const server = env["GITHUB_SERVER_URL"] ?? "https://github.com";
  const repository = `${server}/${env["GITHUB_REPOSITORY"] ?? "unknown/unknown"}`;
  const statement = verificationStatement(comparison, {
    verifier: `${repository}/actions/runs/${env["GITHUB_RUN_ID"] ?? "0"}`,
    resource: `git+${repository}@${env["GITHUB_SHA"] ?? "unknown"}`,
    time: new Date(),
  });
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(statement, undefined, 2)}\n`);
  const predicate = "predicate" in statement ? statement.predicate : {};
  writeFileSync(predicateBeside(file), `${JSON.stringify(predicate, undefined, 2)}\n`);
  runner.setOutput("attestation", file);
}

/** The most names that fit into a title. */
const MAX_TITLE_NAMES = 6;

function reportTitle(names: readonly string[]): string {
  return names.length > MAX_TITLE_NAMES ? `${names.length} builds compared` : `Builds compared: ${names.join(", ")}`;
}
