import { countOf } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";
import type { Finding } from "./finding.ts";

/** Writes the annotations, the outputs and the summary: one line for each job, and one for each finding. */
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
    findings.map(({ location, ...told }) => ({ ...told, file: location.file, line: location.line })),
  );
  const next = errors.length === 0 ? "" : "Correct the workflow, or the contract if it is outdated.";
  writeSummary(runner.summary, findings, jobs, next);
  const against = file === undefined ? "in the workflows" : `against ${file}`;
  if (errors.length > 0) runner.fail(`${countOf(errors.length, "finding")} ${against}`, next);
  else if (file !== undefined) {
    const rest = doubts.length === 0 ? "" : `; ${countOf(doubts.length, "question")} cannot be answered from the files`;
    runner.info(`${countOf(jobs.length, "job")} as ${file} promises${rest}`);
  }
}

/** Writes the verdict as the headline, then the findings, errors first; jobs without findings are folded. */
function writeSummary(
  summary: ActionRunner["summary"],
  findings: readonly Finding[],
  jobs: readonly string[],
  next: string,
): void {
  const count = (level: Finding["level"]): number => findings.filter((finding) => finding.level === level).length;
  const [errors, warnings, doubts] = [count("error"), count("warning"), count("notice")];
  // When GitHub refuses a workflow, nothing is known about the jobs in it.
  const isRefused = findings.some(({ rule, level }) => rule === "invalid-workflow" && level === "error");
  const kept = isRefused ? [] : jobs.filter((job) => !findings.some((finding) => finding.job === job));
  const parts = [
    ...(errors > 0 ? [countOf(errors, "error")] : []),
    ...(warnings > 0 ? [countOf(warnings, "warning")] : []),
    ...(doubts > 0 ? [countOf(doubts, "open question")] : []),
  ];
  const asPromised = `${countOf(kept.length, "job")} as promised`;
  summary
    .verdict(
      errors > 0 ? "error" : warnings > 0 ? "warning" : "success",
      `CI contract: ${parts.join(", ") || (kept.length > 0 ? asPromised : "no findings")}`,
    )
    .findings(
      findings.map(({ level, job, message, location }) => ({
        level,
        message: job === "" ? message : `\`${job}\`: ${message}`,
        location: { file: location.file, line: location.line ?? 1 },
      })),
    )
    .next(next);
  if (kept.length > 0) summary.details("Jobs as promised", kept.map((job) => `- \`${job}\``).join("\n"));
}

/** Findings with the same message at the same place, once. */
function withoutRepeats(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>();
  return findings.filter(({ job, message, location }) => {
    const key = JSON.stringify([job, message, location.file, location.line]);
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}
