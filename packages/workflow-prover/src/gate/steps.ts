import { type Job, type Step, shellOptions } from "@release-actions/workflow";
import { CannotTell } from "../choices.ts";
import type { Run, StepRecord } from "../run/run.ts";
import { jobScope, type Result } from "../scope.ts";
import { runScript } from "../shell/script.ts";
import { templateOf } from "../template.ts";
import { runGateAction } from "./actions.ts";

/** The result of a job's steps. */
export type GateResult = "green" | "red";

/**
 * Simulates the steps of a job: conditions with GitHub's evaluator, scripts by the rules of the shell, and well-known
 * actions by their documentation.
 *
 * @param start the run up to the job
 * @throws CannotTell with the line of a step that affects the result and cannot be simulated
 */
export function runSteps(job: Job, start: Run): GateResult {
  const records = new Map<string, StepRecord>();
  let hasFailed = false;
  for (const step of job.steps) {
    const run = start.after(records);
    const status = (name: string): boolean =>
      name === "always" || (name === "success" ? !hasFailed : name === "failure" ? hasFailed : false);
    const runs = run.runsStep(job, step, status);
    const { result, outputs } = runs ? located(step, () => outcomeOf(run, job, step, status)) : SKIPPED;
    const tolerance = templateOf(step.node.get("continue-on-error").text ?? "false");
    const isTolerated = result === "failure" && run.text(tolerance, jobScope(run.entry, job, step), status) === "true";
    if (step.id !== undefined)
      records.set(step.id.toLowerCase(), { outcome: result, conclusion: isTolerated ? "success" : result, outputs });
    hasFailed ||= result === "failure" && !isTolerated;
  }
  return hasFailed ? "red" : "green";
}

const SKIPPED: Ended = { result: "skipped", outputs: new Map() };

interface Ended {
  readonly result: Result;
  readonly outputs: ReadonlyMap<string, string>;
}

function located<T>(step: Step, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof CannotTell)) throw error;
    const { file, line } = step.location;
    throw new CannotTell(`${error.message}, in the step at ${file}:${line}`);
  }
}

function outcomeOf(run: Run, job: Job, step: Step, status: (name: string) => boolean): Ended {
  const scope = jobScope(run.entry, job, step);
  const text = (value: string): string => run.text(templateOf(value), scope, status);
  const isTainted = readsResults(step, job);
  if (step.run !== undefined) {
    const shell = shellOptions(step.shell);
    if (shell === undefined) {
      if (isTainted) throw new CannotTell(`a script for ${step.shell}`);
      return ended(true);
    }
    // A script that does not read results is not the part that decides the gate, so its unknown programs are assumed to succeed.
    const { code, outputs } = runScript(text(step.run), {
      ...shell,
      env: environment(run, job, step, text),
      followsUnknown: !isTainted,
    });
    return ended(code === 0, outputs);
  }
  if (step.uses === undefined) return ended(true);
  const given = step.node.get("with").entries();
  const inputs = new Map(given.map(([name, value]) => [name.toLowerCase(), text(value.text ?? "")]));
  return ended(runGateAction(step.uses, inputs, isTainted));
}

function ended(passes: boolean, outputs: Ended["outputs"] = new Map()): Ended {
  return { result: passes ? "success" : "failure", outputs };
}

/** Whether the step can read the results of other jobs or steps. */
function readsResults(step: Step, job: Job): boolean {
  const data = [step.node.get("with"), step.node.get("env"), job.node.get("env")];
  const texts = [step.run ?? "", ...data.map(({ value }) => JSON.stringify(value ?? ""))];
  return texts.some((text) => /\bneeds\b|\bsteps\./.test(text));
}

function environment(run: Run, job: Job, step: Step, text: (value: string) => string): Map<string, string> {
  const nodes = [run.entry.workflow.root, job.node, step.node].map((node) => node.get("env"));
  return new Map(
    nodes.flatMap((env) => env.entries().map(([name, value]): [string, string] => [name, text(value.text ?? "")])),
  );
}
