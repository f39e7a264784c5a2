import type { Job } from "@release-actions/workflow";
import {
  type Accepts,
  ancestorsOf,
  canBeSkipped,
  canHoldAlone,
  canRun,
  freeValues,
  type Project,
  rootOf,
} from "@release-actions/workflow-prover";
import type { Promised } from "./contract.ts";
import type { FoundJob } from "./find-job.ts";
import { cannotTell, type Finding, finding } from "./finding.ts";

/** Events that a change triggers on its way to the default branch. */
export const CHANGE_EVENTS = ["pull_request", "push", "merge_group"];

/** Checks that a job can run at all, and that it runs on every event for which it is promised. */
export function checkReach(promised: Promised, found: FoundJob): Finding[] {
  const dead = checkDead(found.project, found.job);
  if (dead !== undefined) return [dead];
  return promisedEvents(promised, found).flatMap((event) => checkEvent(promised, found, event));
}

/** The events under which the job is promised to run. */
export function promisedEvents(promised: Promised, { job, project }: FoundJob): readonly string[] {
  return promised.on ?? CHANGE_EVENTS.filter((event) => project.eventsOf(job.workflow).has(event));
}

/** Accepts the ways of starting a workflow by one of the events; without events, all of them. */
export function startsBy(events: readonly string[]): Accepts {
  return ({ eventCase }) => events.length === 0 || events.includes(eventCase.event);
}

/** A finding when no event can make the job run; undefined when one can, or when nothing can be known. */
export function checkDead(project: Project, job: Job): Finding | undefined {
  const verdict = canRun(project, job);
  if (verdict.kind === "possible") return undefined;
  const location = conditionLocation(job);
  if (verdict.kind === "unknown" && project.entriesOf(job.workflow).length > 0)
    return cannotTell("unreachable", job.id, "whether it can run", verdict.dependsOn, location);
  return finding("error", "unreachable", job.id, `it can never run: ${whyDead(project, job)}`, location);
}

function whyDead(project: Project, job: Job): string {
  const { workflow } = job;
  const entries = project.entriesOf(workflow);
  if (entries.length === 0) {
    if (project.callersOf(workflow).length === 0)
      return `no event starts ${workflow.file}, and no workflow of this repository calls it`;
    return `no event starts the workflows that call ${workflow.file}`;
  }
  const dead = [...ancestorsOf(job)].find((id) => {
    const needed = workflow.jobs.find((candidate) => candidate.id === id);
    return needed !== undefined && canRun(project, needed).kind === "impossible";
  });
  if (dead !== undefined) return `it needs \`${dead}\`, which can never run`;
  if (job.needs.length > 0 && canHoldAlone(project, job).kind === "possible")
    return `whenever ${job.condition === undefined ? "the workflow runs" : `\`${oneLine(job.condition)}\` is true`}, a job before it is skipped (it needs ${job.needs.join(", ")}), which skips it too`;
  const caller = entries.every((entry) => entry.caller !== undefined) ? entries[0]?.caller : undefined;
  if (caller !== undefined && job.condition === undefined)
    return `\`${caller.job.id}\` of ${caller.entry.workflow.file} calls it, and can never run`;
  const events = [...new Set(entries.map((entry) => rootOf(entry).eventCase.event))].join(", ");
  const condition =
    job.condition === undefined ? "the conditions of the jobs that it needs" : `\`${oneLine(job.condition)}\``;
  return `${condition} is false for every event that starts the workflow (${events})`;
}

function checkEvent(promised: Promised, { job, project }: FoundJob, event: string): Finding[] {
  const { workflow } = job;
  const location = conditionLocation(job);
  const broken = (rule: Finding["rule"], message: string): Finding[] => [
    finding("error", rule, job.id, message, location),
  ];
  const entries = project.entriesOf(workflow).filter((entry) => entry.eventCase.event === event);
  if (entries.length === 0) {
    if (event === "workflow_call") return [];
    return broken("unreachable", `it is promised on ${event}, which does not start ${workflow.file}`);
  }
  // When several workflows call it, one that always does so is enough.
  const chains = [...new Set(entries.map(chainOf))];
  const verdicts = chains.map((chain) => {
    const accepts: Accepts = (entry) => entry.eventCase.event === event && chainOf(entry) === chain;
    return canBeSkipped(project, job, accepts, promised.maySkip);
  });
  if (verdicts.some(({ kind }) => kind === "impossible")) {
    // A job is also never skipped when no event passes the filters of `on`.
    return canRun(project, job, startsBy([event])).kind !== "impossible"
      ? []
      : broken("unreachable", `it is promised on ${event}, and the filters of \`on\` exclude every ${event}`);
  }
  const [verdict] = verdicts;
  if (verdict?.kind === "possible") {
    const message = `it is skipped by ${verdict.witness.event}${freeValues(verdict.witness)}, which GitHub treats as passed: ${reasonOf(job)}`;
    return broken("skippable", message);
  }
  const dependsOn = verdict?.kind === "unknown" ? verdict.dependsOn : [];
  return [cannotTell("skippable", job.id, `whether it can be skipped on ${event}`, dependsOn, location)];
}

function chainOf(entry: Parameters<Accepts>[0]): string {
  const { caller } = entry;
  return caller === undefined ? entry.workflow.file : `${chainOf(caller.entry)}#${caller.job.id}`;
}

function reasonOf(job: Job): string {
  if (job.condition !== undefined) return `its condition is \`${oneLine(job.condition)}\``;
  return job.needs.length === 0
    ? "the workflow is not called then"
    : `a job that it needs is skipped (${job.needs.join(", ")})`;
}

function conditionLocation(job: Job): Finding["location"] {
  return job.node.get("if").isPresent ? job.node.get("if").location : job.location;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ");
}
