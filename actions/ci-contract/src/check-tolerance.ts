import type { Job, Step, Workflow } from "@release-actions/workflow";
import { canBeTrue, type Project, type Verdict } from "@release-actions/workflow-prover";
import type { Promised } from "./contract.ts";
import type { FoundJob } from "./find-job.ts";
import { cannotTell, type Finding } from "./finding.ts";

/** Whether the job may fail without failing the run. */
export function checkTolerance(_promised: Promised, { job, workflow, project }: FoundJob): Finding[] {
  const node = job.node.get("continue-on-error");
  const verdict = toleranceOf(project, workflow, job);
  if (verdict.kind === "impossible") return [];
  if (verdict.kind === "unknown")
    return [
      cannotTell("continue-on-error", job.id, "whether its failure fails the run", verdict.dependsOn, node.location),
    ];
  const message = `it may fail without failing the run: \`continue-on-error: ${node.text}\``;
  return [{ level: "error", rule: "continue-on-error", job: job.id, message, location: node.location }];
}

/** Whether `continue-on-error` of a job, or of a step, can be true. */
export function toleranceOf(project: Project, workflow: Workflow, job: Job, step?: Step): Verdict {
  const node = (step ?? job).node.get("continue-on-error");
  return node.isPresent ? canBeTrue(project, workflow, job, node, step) : { kind: "impossible" };
}
