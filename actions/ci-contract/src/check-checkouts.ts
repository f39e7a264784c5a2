import type { Workflow } from "@release-actions/workflow";
import { canRun, type Project } from "@release-actions/workflow-prover";
import type { Finding } from "./finding.ts";

/** What leads to the code of a pull request. */
const HEAD = /github\.event\.pull_request\.head\.|github\.head_ref|refs\/pull\//;

/**
 * Checkouts of a fork's code under `pull_request_target`, which actions/checkout refuses since June 2026, in version 7
 * and in those before to which that was brought back (GitHub changelog, 2026-06-18).
 */
export function checkCheckouts(project: Project, workflow: Workflow): Finding[] {
  if (!workflow.triggers.some(({ event }) => event === "pull_request_target")) return [];
  return workflow.jobs.flatMap((job) => {
    const steps = job.steps.filter(({ uses, node }) => {
      const inputs = node.get("with");
      const wanted = `${inputs.get("ref").text ?? ""} ${inputs.get("repository").text ?? ""}`;
      const isAllowed = inputs.get("allow-unsafe-pr-checkout").text === "true";
      return (
        uses?.startsWith("actions/checkout@") === true && HEAD.test(wanted) && !isAllowed && !/@v[123](\.|$)/.test(uses)
      );
    });
    if (steps.length === 0) return [];
    const verdict = canRun(
      project,
      workflow,
      job,
      ({ eventCase }) => eventCase.event === "pull_request_target" && eventCase.isFork,
    );
    if (verdict.kind !== "possible") return [];
    return steps.map(({ uses = "", location }): Finding => {
      const isCommit = /@[0-9a-f]{40}$/.test(uses);
      const message = `${isCommit ? "depending on its version, " : ""}actions/checkout refuses the code of a fork under pull_request_target, so that the job fails for ${verdict.witness.event}: check it under pull_request, or read gh.io/securely-using-pull_request_target and set \`allow-unsafe-pr-checkout\``;
      return { level: isCommit ? "notice" : "warning", rule: "refused", job: job.id, message, location };
    });
  });
}
