import { countOf } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";
import type { Finding } from "./finding.ts";

const MARKS: Readonly<Record<Finding["level"], string>> = { error: "❌", warning: "⚠️", notice: "❔" };

/** Annotations, outputs and the summary: one line for each job, one for each finding. */
export function reportFindings(
  runner: ActionRunner,
  found: readonly Finding[],
  jobs: readonly string[],
  file: string | undefined,
): void {
  const findings = withoutRepeats(found);
  for (const { level, job, message, location } of findings) {
    const title = job === "" ? "ci-contract" : `ci-contract: ${job}`;
    runner.problem({ level, title, message: job === "" ? message : `${job}: ${message}`, location });
  }
  const errors = findings.filter(({ level }) => level === "error");
  const doubts = findings.filter(({ level }) => level === "notice");
  runner.setOutput("ok", errors.length === 0);
  runner.setOutput(
    "findings",
    findings.map(({ level, rule, job, message, location }) => ({
      level,
      rule,
      job,
      message,
      file: location.file,
      line: location.line,
    })),
  );
  writeSummary(runner.summary, findings, jobs);
  const against = file === undefined ? "in the workflows" : `against ${file}`;
  if (errors.length > 0)
    runner.fail(
      `${countOf(errors.length, "finding")} ${against}`,
      "Correct the workflow, or the contract if it is outdated.",
    );
  else if (file !== undefined) {
    const rest = doubts.length === 0 ? "" : `; ${countOf(doubts.length, "question")} cannot be answered from the files`;
    runner.info(`${countOf(jobs.length, "job")} as ${file} promises${rest}`);
  }
}

/** The verdict as the headline, then what is wrong, errors first; the jobs that are as promised are folded. */
function writeSummary(summary: ActionRunner["summary"], findings: readonly Finding[], jobs: readonly string[]): void {
  const levels = ["error", "warning", "notice"] as const;
  const counts = levels.map((level) => findings.filter((finding) => finding.level === level).length);
  const [errors = 0, warnings = 0, doubts = 0] = counts;
  const parts = [
    errors > 0 ? countOf(errors, "error") : "no errors",
    ...(warnings > 0 ? [countOf(warnings, "warning")] : []),
    ...(doubts > 0 ? [countOf(doubts, "open question")] : []),
  ];
  summary.heading(`CI contract: ${parts.join(", ")}`);
  if (findings.length > 0) {
    const sorted = levels.flatMap((level) => findings.filter((finding) => finding.level === level));
    summary.table(
      ["", "job", "finding", "place"],
      sorted.map(({ level, job, message, location }) => [
        MARKS[level],
        job,
        message,
        `${location.file}:${location.line ?? 1}`,
      ]),
    );
  }
  const kept = jobs.filter((job) => !findings.some((finding) => finding.job === job));
  if (kept.length > 0)
    summary.details(`✅ ${countOf(kept.length, "job")} as promised`, kept.map((job) => `- \`${job}\``).join("\n"));
}

/** The same words at the same place are said once. */
function withoutRepeats(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>();
  return findings.filter(({ job, message, location }) => {
    const key = JSON.stringify([job, message, location.file, location.line]);
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}
