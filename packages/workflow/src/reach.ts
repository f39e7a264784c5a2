import { type Scenario, scenariosOf } from "./scenario.ts";
import { asksForStatus, type Outcomes, type Status, tryCondition } from "./trial.ts";
import type { Job, Workflow } from "./workflow.ts";

/** What can become of a job in one scenario. */
export interface Reach {
  readonly scenario: Scenario;
  readonly canRun: boolean;
  /** Whether it can be skipped although all jobs it needs succeeded, which a required check takes as green. */
  readonly canBeSkipped: boolean;
}

/** For each job, what can become of it in each scenario of its workflow. */
export function reachOf(workflow: Workflow): Map<string, Reach[]> {
  const reached = new Map<string, Reach[]>(workflow.jobs.map(({ id }) => [id, []]));
  for (const scenario of scenariosOf(workflow)) {
    const known = new Map<string, Reach>();
    for (const job of workflow.jobs) reached.get(job.id)?.push(reachIn(workflow, job, scenario, known, []));
  }
  return reached;
}

/** What a job does when a job it needs, directly or not, has failed: does it run nevertheless? */
export function runsAfterFailure(job: Job, scenario: Scenario): Outcomes {
  const condition = job.condition ?? "success()";
  return tryCondition(impliedStatus(condition), { values: (path) => scenario.values(path), statuses: ["failure"] });
}

function reachIn(
  workflow: Workflow,
  job: Job,
  scenario: Scenario,
  known: Map<string, Reach>,
  path: readonly string[],
): Reach {
  const found = known.get(job.id);
  if (found !== undefined) return found;
  // A circle never starts; GitHub's parser says so, and here it must only end.
  if (path.includes(job.id)) return { scenario, canRun: false, canBeSkipped: true };
  const needs = job.needs.map((id) => {
    const needed = workflow.jobs.find((candidate) => candidate.id === id);
    return needed === undefined
      ? { scenario, canRun: false, canBeSkipped: true }
      : reachIn(workflow, needed, scenario, known, [...path, job.id]);
  });
  const reach = { scenario, ...outcome(job, needs, scenario) };
  known.set(job.id, reach);
  return reach;
}

function outcome(job: Job, needs: readonly Reach[], scenario: Scenario): Omit<Reach, "scenario"> {
  const condition = impliedStatus(job.condition ?? "success()");
  const skipped: Status[] = needs.some(({ canBeSkipped }) => canBeSkipped) ? ["skipped"] : [];
  const succeeded: Status[] = needs.every(({ canRun }) => canRun) ? ["success"] : [];
  // Nothing can have failed before a job that needs no other.
  const failed: Status[] = needs.some(({ canRun }) => canRun) ? ["failure"] : [];
  const knowing = (results: (need: Reach) => string[]) => (path: string) => {
    const need = needs[job.needs.findIndex((id) => path === `needs.${id.toLowerCase()}.result`)];
    return scenario.values(path) ?? (need === undefined ? undefined : results(need));
  };
  const ends = ({ canRun }: Reach): string[] => [...(canRun ? ["success", "failure"] : []), "cancelled", "skipped"];
  const goodEnds = ({ canRun, canBeSkipped }: Reach): string[] => [
    ...(canRun ? ["success"] : []),
    ...(canBeSkipped ? ["skipped"] : []),
  ];
  const statuses: Status[] = [...succeeded, ...failed, ...skipped, "cancelled"];
  const green: Status[] = [...succeeded, ...skipped];
  return {
    canRun: tryCondition(condition, { values: knowing(ends), statuses }).canHold,
    canBeSkipped: tryCondition(condition, { values: knowing(goodEnds), statuses: green }).canFail,
  };
}

function impliedStatus(condition: string): string {
  return asksForStatus(condition) ? condition : `success() && (${condition})`;
}
