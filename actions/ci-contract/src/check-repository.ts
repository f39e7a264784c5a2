import type { Job, Workflow, WorkflowFile } from "@release-actions/workflow";
import { type Hole, isCallable, judgeGate, Project } from "@release-actions/workflow-prover";
import { checkCaches } from "./check-caches.ts";
import { checkCheckouts } from "./check-checkouts.ts";
import { checkConditions } from "./check-conditions.ts";
import { parseWorkflows } from "./check-contract.ts";
import { describeHoles } from "./check-gate.ts";
import { lacksMergeQueue, PENDING_IN_QUEUE, pullRequestFilter } from "./check-pending.ts";
import { checkDead, startsBy } from "./check-reach.ts";
import { cannotTell, type Finding, finding } from "./finding.ts";
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
    ...workflow.jobs.flatMap((job) => checkJob(project, job)),
  ]);
  return [...refused.map((each): Finding => (each.level === "error" ? { ...each, level: "warning" } : each)), ...found];
}

/** Finds a workflow that can only be called, and that no workflow here calls. */
function checkCalls(project: Project, workflow: Workflow): Finding[] {
  if (!isCallable(workflow) || project.entriesOf(workflow).length > 0) return [];
  if (project.callersOf(workflow).length > 0 || project.isCalledByName(workflow)) return [];
  const { location } = workflow.root.get("on");
  return [cannotTell("unreachable", "", `whether anything calls ${workflow.file}`, ["other repositories"], location)];
}

function checkJob(project: Project, job: Job): Finding[] {
  if (project.entriesOf(job.workflow).length === 0) return [];
  const dead = checkDead(project, job);
  if (dead === undefined) return isGate(job) ? checkGateJob(project, job) : [];
  // Report only proven cases. A job with `if: false` is off on purpose, so it gets a notice.
  if (dead.level === "notice") return [];
  if (job.condition !== "false") return [{ ...dead, level: "warning" }];
  return [{ ...dead, level: "notice", message: "it is switched off (`if: false`)" }];
}

function checkGateJob(project: Project, gate: Job): Finding[] {
  const { workflow } = gate;
  const event = ["pull_request", "merge_group", "push"].find((each) => project.eventsOf(workflow).has(each));
  const holes = new Map<string, { jobs: string[]; found: readonly Hole[] }>();
  const doubts = new Set<string>();
  for (const job of gate.needs.flatMap((id) => workflow.jobs.filter((candidate) => candidate.id === id))) {
    const verdict = judgeGate(project, gate, job, startsBy(event === undefined ? [] : [event]));
    for (const reason of verdict.dependsOn) doubts.add(reason);
    if (verdict.holes.length === 0) continue;
    const key = verdict.holes.map(({ result, isSkipped }) => `${result}${isSkipped}`).join();
    const same = holes.get(key) ?? { jobs: [], found: verdict.holes };
    same.jobs.push(job.id);
    holes.set(key, same);
  }
  const findings = [...holes.values()].map(({ jobs, found }) => {
    const level = found.every(({ result }) => result === "cancelled") ? "notice" : "warning";
    return finding(level, "gate", gate.id, describeHoles(gate.id, found, listed(jobs)), gate.location);
  });
  const question = "whether it fails with the jobs that it needs";
  if (holes.size === 0 && doubts.size > 0)
    findings.push(cannotTell("gate", gate.id, question, [...doubts], gate.location));
  const pending = (why: string, location: Finding["location"]): void => {
    findings.push(finding("notice", "pending", gate.id, `if branch protection requires it, ${why}`, location));
  };
  if (lacksMergeQueue(project, gate)) pending(PENDING_IN_QUEUE, workflow.root.get("on").location);
  const filter = pullRequestFilter(workflow);
  if (filter !== undefined)
    pending(`it stays pending for ever on a pull request that ${filter.what} excludes`, filter.location);
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
