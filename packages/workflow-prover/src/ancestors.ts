import type { Job, Workflow } from "@release-actions/workflow";

const KNOWN = new WeakMap<Job, ReadonlySet<string>>();

/** The jobs that a job needs, directly or through other jobs; the nearest come first. */
export function ancestorsOf({ jobs }: Workflow, job: Job): ReadonlySet<string> {
  const known = KNOWN.get(job);
  if (known !== undefined) return known;
  const reached = new Set<string>();
  const queue = [...job.needs];
  for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
    if (reached.has(id)) continue;
    reached.add(id);
    queue.push(...(jobs.find((candidate) => candidate.id === id)?.needs ?? []));
  }
  KNOWN.set(job, reached);
  return reached;
}

/** The jobs that need a job, directly or through other jobs. */
export function descendantsOf(workflow: Workflow, job: Job): Set<string> {
  return new Set(workflow.jobs.filter((candidate) => ancestorsOf(workflow, candidate).has(job.id)).map(({ id }) => id));
}
