import type { Job } from "@release-actions/workflow";
import { cached } from "./cached.ts";

const KNOWN = new WeakMap<Job, ReadonlySet<string>>();

/** The jobs that a job needs, directly or through other jobs; the nearest come first. */
export function ancestorsOf(job: Job): ReadonlySet<string> {
  return cached(KNOWN, job, () => {
    const { jobs } = job.workflow;
    // A set is iterated over what is added on the way, too.
    const reached = new Set(job.needs);
    for (const id of reached)
      for (const need of jobs.find((candidate) => candidate.id === id)?.needs ?? []) reached.add(need);
    return reached;
  });
}

/** The jobs that need a job, directly or through other jobs. */
export function descendantsOf(job: Job): string[] {
  return job.workflow.jobs.filter((candidate) => ancestorsOf(candidate).has(job.id)).map(({ id }) => id);
}
