import type { Job, Workflow } from "@release-actions/workflow";
import { type Hole, isCallable, judgeGate, Project } from "@release-actions/workflow-prover";
import { checkCaches } from "./check-caches.ts";
import { checkCheckouts } from "./check-checkouts.ts";
import { checkConditions } from "./check-conditions.ts";
import { parseWorkflows, type WorkflowFile } from "./check-contract.ts";
import { describeHoles } from "./check-gate.ts";
import { lacksMergeQueue, PENDING_IN_QUEUE, pullRequestFilter } from "./check-pending.ts";
import { checkDead } from "./check-reach.ts";
import { cannotTell, type Finding } from "./finding.ts";
import { isGate } from "./gate-job.ts";

/** Faults that can be found in the workflows of any repository, without a contract that says what they should do. */
export async function checkRepository(files: readonly WorkflowFile[]): Promise<Finding[]> {
  const { workflows, findings: refused } = await parseWorkflows(files);
  const project = new Project(workflows);
  const found = workflows.flatMap((workflow) => [
    ...checkConditions(workflow, []),
    ...checkCheckouts(project, workflow),
    ...checkCaches(workflow),
    ...checkCalls(project, workflow),
    ...workflow.jobs.flatMap((job) => checkJob(project, workflow, job)),
  ]);
  return [
    ...refused.map((finding): Finding => (finding.level === "error" ? { ...finding, level: "warning" } : finding)),
    ...found,
  ];
}

/** Finds a workflow that can only be called, and that no workflow here calls. */
function checkCalls(project: Project, workflow: Workflow): Finding[] {
  if (!isCallable(workflow) || project.entriesOf(workflow).length > 0) return [];
  const location = workflow.root.get("on").location;
  const callers = project.callersOf(workflow);
  if (callers.length > 0 || project.isCalledByName(workflow)) return [];
  return [cannotTell("unreachable", "", `whether anything calls ${workflow.file}`, ["other repositories"], location)];
}

function checkJob(project: Project, workflow: Workflow, job: Job): Finding[] {
  if (project.entriesOf(workflow).length === 0) return [];
  const dead = checkDead(project, workflow, job);
  if (dead !== undefined) {
    // Report only proven cases. A job with `if: false` is off on purpose, so it gets a notice.
    if (dead.level === "notice") return [];
    const isSwitchedOff = job.condition === "false";
    return [
      isSwitchedOff
        ? { ...dead, level: "notice", message: "it is switched off (`if: false`)" }
        : { ...dead, level: "warning" },
    ];
  }
  return isGate(workflow, job) ? checkGateJob(project, workflow, job) : [];
}

function checkGateJob(project: Project, workflow: Workflow, gate: Job): Finding[] {
  const events = ["pull_request", "merge_group", "push"];
  const started = project.entriesOf(workflow).map(({ eventCase }) => eventCase.event);
  const [event] = events.filter((candidate) => started.includes(candidate));
  const findings: Finding[] = [];
  const holes = new Map<string, { jobs: string[]; found: readonly Hole[] }>();
  const doubts = new Set<string>();
  for (const id of gate.needs) {
    const job = workflow.jobs.find((candidate) => candidate.id === id);
    if (job === undefined) continue;
    const verdict = judgeGate(
      project,
      workflow,
      gate,
      job,
      ({ eventCase }) => event === undefined || eventCase.event === event,
    );
    for (const reason of verdict.dependsOn) doubts.add(reason);
    const key = verdict.holes.map(({ result, isSkipped }) => `${result}${isSkipped}`).join();
    if (key !== "")
      holes.set(key, { jobs: [...(holes.get(key)?.jobs ?? []), id], found: holes.get(key)?.found ?? verdict.holes });
  }
  for (const { jobs, found } of holes.values()) {
    const isOnlyCancelled = found.every(({ result }) => result === "cancelled");
    const message = describeHoles(gate.id, found, listed(jobs));
    findings.push({
      level: isOnlyCancelled ? "notice" : "warning",
      rule: "gate",
      job: gate.id,
      message,
      location: gate.location,
    });
  }
  if (holes.size === 0 && doubts.size > 0)
    findings.push(
      cannotTell("gate", gate.id, "whether it fails with the jobs that it needs", [...doubts], gate.location),
    );
  if (lacksMergeQueue(project, workflow, gate))
    findings.push({
      level: "notice",
      rule: "pending",
      job: gate.id,
      message: `if branch protection requires it, ${PENDING_IN_QUEUE}`,
      location: workflow.root.get("on").location,
    });
  const filter = pullRequestFilter(workflow);
  if (filter !== undefined) {
    const message = `if branch protection requires it, it stays pending for ever on a pull request that ${filter.what} excludes`;
    findings.push({
      level: "notice",
      rule: "pending",
      job: gate.id,
      message,
      location: filter.trigger.filters.get(filter.key).location,
    });
  }
  return findings;
}

function listed(jobs: readonly string[]): string {
  const [first = "", second] = jobs;
  return second === undefined
    ? `\`${first}\``
    : jobs.length === 2
      ? `\`${first}\` or \`${second}\``
      : `any of its ${jobs.length} jobs, such as \`${first}\`,`;
}
