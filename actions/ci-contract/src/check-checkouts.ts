import type { Job, Step, Workflow } from "@release-actions/workflow";
import { canRun, type Project } from "@release-actions/workflow-prover";
import { type Finding, finding } from "./finding.ts";

/** For each event that runs with write access to the repository: the expressions that name the code of a pull request. */
const HEADS: Readonly<Record<string, RegExp>> = {
  pull_request_target: /github\.event\.pull_request\.head\.|github\.head_ref|refs\/pull\//,
  workflow_run: /github\.event\.workflow_run\.(head_|pull_requests)|refs\/pull\//,
};

/**
 * Checkouts of a fork's code under `pull_request_target`, and under `workflow_run` after a pull request. Since June
 * 2026 actions/checkout refuses them, in version 7 and in the older versions that received the change (GitHub
 * changelog, 2026-06-18).
 */
export function checkCheckouts(project: Project, workflow: Workflow): Finding[] {
  return Object.entries(HEADS).flatMap(([event, head]) => {
    if (!workflow.triggers.some((trigger) => trigger.event === event)) return [];
    return workflow.jobs.flatMap((job) => checkJob(project, job, event, head));
  });
}

function checkJob(project: Project, job: Job, event: string, head: RegExp): Finding[] {
  const steps = job.steps.filter((step) => isRefused(step, head));
  if (steps.length === 0) return [];
  const verdict = canRun(project, job, ({ eventCase }) => eventCase.event === event && eventCase.isFork);
  if (verdict.kind !== "possible") return [];
  const instead =
    event === "workflow_run"
      ? "build it under pull_request, and pass the result on as an artifact"
      : "check it under pull_request";
  return steps.map(({ uses = "", location }) => {
    const isCommit = /@[0-9a-f]{40}$/.test(uses);
    const message = `${isCommit ? "depending on its version, " : ""}actions/checkout refuses the code of a fork under ${event}, so that the job fails for ${verdict.witness.event}: ${instead}, or read gh.io/securely-using-pull_request_target and set \`allow-unsafe-pr-checkout\``;
    return finding(isCommit ? "notice" : "warning", "refused", job.id, message, location);
  });
}

function isRefused({ uses, node }: Step, head: RegExp): boolean {
  if (uses?.startsWith("actions/checkout@") !== true || /@v[123](\.|$)/.test(uses)) return false;
  const inputs = node.get("with");
  const wanted = `${inputs.get("ref").text ?? ""} ${inputs.get("repository").text ?? ""}`;
  return head.test(wanted) && inputs.get("allow-unsafe-pr-checkout").text !== "true";
}
