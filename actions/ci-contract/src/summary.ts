import { countOf } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";
import type { Finding } from "./finding.ts";

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
  const mark = (job: string): string => {
    const levels = findings.filter((finding) => finding.job === job).map(({ level }) => level);
    return levels.includes("error") ? "✗" : levels.includes("notice") ? "cannot tell" : "✓";
  };
  runner.summary.heading("CI contract").table(
    ["job", "verdict"],
    jobs.map((job) => [job, mark(job)]),
  );
  if (findings.length > 0)
    runner.summary.table(
      ["place", "job", "finding"],
      findings.map(({ job, message, location }) => [`${location.file}:${location.line ?? 1}`, job, message]),
    );
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
