import { Job, type JobOptions, type StepOptions, type StepResult } from "./job.ts";

export interface ActionRun {
  readonly main: StepResult;
  /** Undefined for an action without a post step. */
  readonly post: StepResult | undefined;
}

export interface ActionRunOptions extends JobOptions {
  readonly step?: StepOptions;
  /** Puts files into the workspace before the action runs. */
  readonly prepare?: (job: Job) => Promise<void>;
}

/** Runs one action from main to post in a job of its own. */
export async function runAction(action: string, options: ActionRunOptions = {}): Promise<ActionRun> {
  await using job = await Job.open(options);
  await options.prepare?.(job);
  const main = await job.step(action, options.step);
  const [post] = await job.post();
  return { main, post };
}
