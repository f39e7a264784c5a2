import { type Reach, reachOf } from "@release-actions/workflow";
import type { Promised } from "./contract.ts";
import type { FoundJob } from "./find-job.ts";
import type { Finding } from "./finding.ts";

/** What a change passes on its way to the default branch. */
const CHANGE_EVENTS = ["pull_request", "push", "merge_group", "workflow_call"];

/** Whether a job can run at all, and whether it runs whenever it is promised. */
export function checkReach(promised: Promised, { job, workflow }: FoundJob): Finding[] {
  const finding = (rule: Finding["rule"], message: string): Finding => ({
    rule,
    job: job.id,
    message,
    location: job.node.get("if").isPresent ? job.node.get("if").location : job.location,
  });
  const because = job.condition === undefined ? "a job it needs never does" : `its condition is \`${job.condition}\``;
  const reach = reachOf(workflow).get(job.id) ?? [];
  if (!reach.some(({ canRun }) => canRun)) {
    const events = workflow.triggers.map(({ event }) => event).join(", ") || "nothing";
    return [finding("unreachable", `it can never run: ${because}, and ${events} triggers the workflow`)];
  }
  const events =
    promised.on ?? CHANGE_EVENTS.filter((event) => workflow.triggers.some((trigger) => trigger.event === event));
  const missing = events.filter((event) => !workflow.triggers.some((trigger) => trigger.event === event));
  const expected = reach.filter(({ scenario }) => events.includes(scenario.event));
  const skipped = expected.find(({ canBeSkipped }) => canBeSkipped);
  return [
    ...missing.map((event) =>
      finding("unreachable", `it is promised on ${event}, which does not trigger ${workflow.file}`),
    ),
    ...(skipped === undefined
      ? []
      : [finding("skippable", `it can be skipped on ${titleOf(skipped)}, which counts as green: ${because}`)]),
    ...checkTolerance(job.node.get("continue-on-error").value, finding),
  ];
}

function titleOf({ scenario, canRun }: Reach): string {
  return canRun ? `${scenario.title} (depending on the run)` : scenario.title;
}

function checkTolerance(value: unknown, finding: (rule: Finding["rule"], message: string) => Finding): Finding[] {
  if (value === undefined || value === null || value === false) return [];
  return [finding("continue-on-error", `it may fail without failing the run: \`continue-on-error: ${String(value)}\``)];
}
