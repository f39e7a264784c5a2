import type { Job, Workflow } from "@release-actions/workflow";
import { type Choices, explore } from "../choices.ts";
import { conditionOf } from "../condition.ts";
import { type Accepts, ENDS, type Preparation, prepare, type Witness, witnessOf } from "../job-verdict.ts";
import type { Project } from "../project.ts";
import { Run, type RunSettings } from "../run/run.ts";
import { type Entry, JobScope, type Result } from "../scope.ts";
import { templateOf } from "../template.ts";
import type { Terms } from "../terms.ts";
import { runSteps } from "./steps.ts";

/** A way in which the gate passes although a job did not succeed. */
export interface Hole {
  readonly result: Result;
  readonly witness: Witness;
  /** The gate itself is skipped, which counts as a success. */
  readonly isSkipped: boolean;
  /** The job that ended badly, where the job in question was skipped because of it. */
  readonly because: string | undefined;
}

export interface GateVerdict {
  readonly holes: readonly Hole[];
  /** What nobody can tell, with the line. */
  readonly dependsOn: readonly string[];
}

const BAD: readonly Result[] = ["failure", "cancelled", "skipped"];
const MAX_TRIES = 3000;

/**
 * Runs a gate for every way in which a job can fail, be cancelled, or be skipped because something before it did not
 * succeed. Jobs that have nothing to do with it are taken to succeed, and where the gate passes the whole run is
 * followed once more.
 *
 * @param accepts the ways of starting under which the job is promised
 */
export function judgeGate(project: Project, workflow: Workflow, gate: Job, job: Job, accepts: Accepts): GateVerdict {
  const holes: Hole[] = [];
  const dependsOn = new Set<string>();
  const entries = project.entriesOf(workflow).filter(accepts);
  for (const result of BAD) {
    for (const entry of entries) {
      const found = holeIn(entry, gate, job, result, dependsOn);
      if (found === undefined) continue;
      holes.push(found);
      break;
    }
  }
  return { holes, dependsOn: [...dependsOn] };
}

function holeIn(entry: Entry, gate: Job, job: Job, result: Result, dependsOn: Set<string>): Hole | undefined {
  const prepared = prepare(entry, [gate, job], (terms) => addSteps(terms, entry, gate));
  const before = ancestorsOf(entry.workflow, job);
  const related = new Set([job.id, ...before, ...descendantsOf(entry.workflow, job)]);
  const ends = (id: string): readonly Result[] => (id === job.id || before.has(id) ? ENDS : ["success"]);
  const narrow = attemptAll(prepared, gate, job, result, {
    ends,
    mayBeCancelled: false,
    given: (id) => (related.has(id) || id === gate.id ? undefined : "success"),
  });
  if (narrow.found === undefined) {
    for (const reason of narrow.dependsOn) dependsOn.add(reason);
    return undefined;
  }
  // Others were taken to succeed; whether they can, the whole run shows.
  const whole = attemptAll(prepared, gate, job, result, { ends, mayBeCancelled: false });
  if (whole.found === undefined) for (const reason of whole.dependsOn) dependsOn.add(reason);
  return whole.found;
}

function attemptAll(
  prepared: Preparation,
  gate: Job,
  job: Job,
  wanted: Result,
  course: Pick<RunSettings, "ends" | "mayBeCancelled" | "given">,
) {
  const { entry, terms, candidates } = prepared;
  return explore((choices: Choices): Hole | undefined => {
    const settings: RunSettings = { choices, terms, candidates, ...course };
    const run = new Run(entry, settings);
    if (!run.starts || run.resultOf(job.id) !== wanted) return undefined;
    const because = [...ancestorsOf(entry.workflow, job)].find((id) =>
      ["failure", "cancelled"].includes(run.resultOf(id)),
    );
    // A job that its own condition skips is another matter than a gate that does not look.
    if (wanted === "skipped" && because === undefined) return undefined;
    const passes = !run.runs(gate)
      ? "skipped"
      : tolerates(gate)
        ? "green"
        : runSteps(gate, (steps) => new Run(entry, { ...settings, steps }));
    if (passes === "red") return undefined;
    return {
      result: wanted,
      witness: witnessOf(entry, choices.made),
      isSkipped: passes === "skipped",
      because: wanted === "skipped" ? because : undefined,
    };
  }, MAX_TRIES);
}

/** A gate that may fail itself shows the run as a success whatever it finds. */
function tolerates(gate: Job): boolean {
  return gate.node.get("continue-on-error").value === true;
}

function addSteps(terms: Terms, entry: Entry, gate: Job): void {
  for (const step of gate.steps) {
    const scope = new JobScope(entry, gate, step);
    const condition = conditionOf(step.node);
    if (condition !== undefined) terms.add(condition.expression, scope);
    const envs = [step.node, gate.node, entry.workflow.root].flatMap((node) => node.get("env").entries());
    const inputs = step.node.get("with").entries();
    const texts = [step.run ?? "", ...[...envs, ...inputs].map(([, value]) => value.text ?? "")];
    for (const segment of texts.flatMap(templateOf)) if ("expression" in segment) terms.add(segment.expression, scope);
  }
}

export function ancestorsOf({ jobs }: Workflow, job: Job): Set<string> {
  const reached = new Set<string>();
  const queue = [...job.needs];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (reached.has(id)) continue;
    reached.add(id);
    queue.push(...(jobs.find((candidate) => candidate.id === id)?.needs ?? []));
  }
  return reached;
}

function descendantsOf(workflow: Workflow, job: Job): Set<string> {
  return new Set(workflow.jobs.filter((candidate) => ancestorsOf(workflow, candidate).has(job.id)).map(({ id }) => id));
}
