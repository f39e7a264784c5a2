import type { Job, Step } from "@release-actions/workflow";
import { canBeTrue, type Project, type Verdict } from "@release-actions/workflow-prover";
import type { Promised } from "./contract.ts";
import type { FoundJob } from "./find-job.ts";
import { cannotTell, type Finding, finding } from "./finding.ts";

/** Whether the job may fail without failing the run. */
export function checkTolerance(_promised: Promised, { job, project }: FoundJob): Finding[] {
  const { text, location } = job.node.get("continue-on-error");
  const verdict = toleranceOf(project, job);
  if (verdict.kind === "impossible") return [];
  const question = "whether its failure fails the run";
  if (verdict.kind === "unknown")
    return [cannotTell("continue-on-error", job.id, question, verdict.dependsOn, location)];
  const message = `it may fail without failing the run: \`continue-on-error: ${text}\``;
  return [finding("error", "continue-on-error", job.id, message, location)];
}

/** Whether `continue-on-error` of a job, or of a step, can be true. */
export function toleranceOf(project: Project, job: Job, step?: Step): Verdict {
  const node = (step ?? job).node.get("continue-on-error");
  return node.isPresent ? canBeTrue(project, job, node, step) : { kind: "impossible" };
}
