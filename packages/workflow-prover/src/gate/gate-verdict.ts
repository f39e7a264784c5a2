import type { Job } from "@release-actions/workflow";
import { ancestorsOf, descendantsOf } from "../ancestors.ts";
import { cached } from "../cached.ts";
import { type Choices, explore } from "../choices.ts";
import { conditionOf } from "../condition.ts";
import {
  type Accepts,
  addCondition,
  type Course,
  distinct,
  ENDS,
  type Preparation,
  prepare,
  type Witness,
  witnessOf,
} from "../job-verdict.ts";
import type { Project } from "../project.ts";
import { Run } from "../run/run.ts";
import { jobScope, type Result } from "../scope.ts";
import { templateOf } from "../template.ts";
import type { Terms } from "../terms.ts";
import type { Entry } from "../variable.ts";
import { runSteps } from "./steps.ts";

/** A way in which the gate passes although a job did not succeed. */
export interface Hole {
  readonly result: Result;
  readonly witness: Witness;
  /** Whether the gate passes because it is skipped, which counts as success. */
  readonly isSkipped: boolean;
  /** The failed or cancelled job because of which the job was skipped; undefined for other results. */
  readonly because: string | undefined;
}

/** The ways in which a gate passes although a job did not succeed. */
export interface GateVerdict {
  readonly holes: readonly Hole[];
  /** Facts that affect the verdict but that the files do not determine, with the line. */
  readonly dependsOn: readonly string[];
}

const BAD: readonly Result[] = ["failure", "cancelled", "skipped"];
const MAX_TRIES = 3000;

/**
 * Evaluates a gate for every way in which a job can fail, be cancelled, or be skipped because an earlier job did not
 * succeed. First all unrelated jobs are assumed to succeed; if the gate passes, the whole run is evaluated again
 * without that assumption.
 *
 * @param accepts selects the ways of starting the workflow for which the gate must require the job
 */
export function judgeGate(project: Project, gate: Job, job: Job, accepts: Accepts): GateVerdict {
  const holes = new Map<Result, Hole>();
  const dependsOn = new Set<string>();
  const entries = project.entriesOf(gate.workflow).filter(accepts);
  for (const prepared of distinct(entries, (entry) => preparedFor(entry, gate))) {
    const wanted = BAD.filter((result) => !holes.has(result));
    for (const hole of holesIn(prepared, gate, job, wanted, dependsOn)) holes.set(hole.result, hole);
  }
  return { holes: BAD.flatMap((result) => holes.get(result) ?? []), dependsOn: [...dependsOn] };
}

const PREPARED = new WeakMap<Entry, Map<Job, Preparation>>();

/** The terms of a gate. They cover all jobs before it, so they are the same for each of those jobs. */
function preparedFor(entry: Entry, gate: Job): Preparation {
  const known = cached(PREPARED, entry, () => new Map<Job, Preparation>());
  return cached(known, gate, () => prepare(entry, gate, (terms) => addSteps(terms, entry, gate)));
}

function holesIn(
  prepared: Preparation,
  gate: Job,
  job: Job,
  wanted: readonly Result[],
  dependsOn: Set<string>,
): readonly Hole[] {
  const before = ancestorsOf(job);
  const related = new Set([job.id, ...before, ...descendantsOf(job)]);
  const ends = (id: string): readonly Result[] => (id === job.id || before.has(id) ? ENDS : ["success"]);
  const narrow = attemptAll(prepared, gate, job, wanted, {
    ends,
    mayBeCancelled: false,
    given: (id) => (related.has(id) || id === gate.id ? undefined : "success"),
  });
  for (const reason of narrow.dependsOn) dependsOn.add(reason);
  if (narrow.holes.length === 0) return [];
  // So far unrelated jobs were assumed to succeed. Evaluating the whole run shows whether they can.
  const results = narrow.holes.map(({ result }) => result);
  const whole = attemptAll(prepared, gate, job, results, { ends, mayBeCancelled: false });
  for (const reason of whole.dependsOn) dependsOn.add(reason);
  return whole.holes;
}

/** Evaluates runs until there is one in which the gate passes for each of the wanted results of the job. */
function attemptAll(
  prepared: Preparation,
  gate: Job,
  job: Job,
  wanted: readonly Result[],
  course: Course,
): { readonly holes: readonly Hole[]; readonly dependsOn: readonly string[] } {
  const holes = new Map<Result, Hole>();
  const { entry } = prepared;
  const before = [...ancestorsOf(job)];
  // With `continue-on-error` the run succeeds even if the gate fails.
  const isTolerated = gate.node.get("continue-on-error").value === true;
  const attempt = (choices: Choices): true | undefined => {
    const run = new Run(entry, { ...prepared, ...course, choices });
    if (!run.starts) return undefined;
    const result = run.resultOf(job.id);
    if (!wanted.includes(result) || holes.has(result)) return undefined;
    const because = before.find((id) => ["failure", "cancelled"].includes(run.resultOf(id)));
    // A job that is skipped by its own condition is not a fault of the gate.
    if (result === "skipped" && because === undefined) return undefined;
    const passes = !run.runs(gate) ? "skipped" : isTolerated ? "green" : runSteps(gate, run);
    if (passes === "red") return undefined;
    holes.set(result, {
      result,
      witness: witnessOf(entry, choices.made),
      isSkipped: passes === "skipped",
      because: result === "skipped" ? because : undefined,
    });
    return holes.size === wanted.length ? true : undefined;
  };
  const { dependsOn } = explore(attempt, { maxTries: MAX_TRIES });
  return { holes: [...holes.values()], dependsOn };
}

function addSteps(terms: Terms, entry: Entry, gate: Job): void {
  for (const step of gate.steps) {
    const scope = jobScope(entry, gate, step);
    addCondition(terms, conditionOf(step.node), scope);
    const envs = [step.node, gate.node, entry.workflow.root].flatMap((node) => node.get("env").entries());
    const inputs = step.node.get("with").entries();
    const tolerance = step.node.get("continue-on-error").text ?? "";
    const texts = [step.run ?? "", tolerance, ...[...envs, ...inputs].map(([, value]) => value.text ?? "")];
    for (const text of texts) terms.addTemplate(templateOf(text), scope);
  }
}
