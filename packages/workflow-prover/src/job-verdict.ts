import { expandMatrix, type Job, type Step, type Workflow, type YamlNode } from "@release-actions/workflow";
import { CandidateTable } from "./candidates.ts";
import { type Choices, type Exploration, explore } from "./choices.ts";
import { type Condition, conditionOf } from "./condition.ts";
import { REPOSITORY } from "./events/repository.ts";
import { isCallable, type Project } from "./project.ts";
import { Run, type RunSettings } from "./run/run.ts";
import { type Entry, isWithoutSecrets, jobScope, type Result, rootOf } from "./scope.ts";
import { templateOf } from "./template.ts";
import { Terms } from "./terms.ts";
import type { Value } from "./variable.ts";

/** An event that shows something, with the values that matter. */
export interface Witness {
  readonly entry: Entry;
  /** Values by the key of their variable, and how jobs ended (`result of <job>`). */
  readonly values: ReadonlyMap<string, unknown>;
  /** The event in words. */
  readonly event: string;
}

/**
 * Whether something can happen: it does in this event, it cannot, or nobody can tell from the files. Where a condition
 * asks for the repository, it may be impossible in the `repository` of that name alone, as in none of its forks.
 */
export type Verdict =
  | { readonly kind: "possible"; readonly witness: Witness }
  | { readonly kind: "impossible"; readonly repository?: string }
  | { readonly kind: "unknown"; readonly dependsOn: readonly string[] };

/** Terms and values of all conditions that decide about a job, for one way in which its workflow starts. */
export interface Preparation {
  readonly entry: Entry;
  readonly terms: Terms;
  readonly candidates: CandidateTable;
}

/** What can happen in a run, besides the event. */
export type Course = Pick<RunSettings, "ends" | "mayBeCancelled" | "given">;

export const ENDS: readonly Result[] = ["success", "failure", "cancelled"];
const ANYTHING: Course = { ends: () => ENDS, mayBeCancelled: true };
const NOTHING_FAILS: Course = { ends: () => ["success"], mayBeCancelled: false };

/** Which ways of starting a workflow a question is about. */
export type Accepts = (entry: Entry) => boolean;

/** Whether some event makes the job run, whatever else happens. */
export function canRun(project: Project, workflow: Workflow, job: Job, accepts?: Accepts): Verdict {
  return ask(project, workflow, job, accepts, ANYTHING, (run) => run.starts && run.runs(job));
}

/**
 * Whether the job is skipped by some event of this repository although no job before it failed, which a required check takes as green.
 *
 * @param unless a condition under which it may be skipped
 */
export function canBeSkipped(
  project: Project,
  workflow: Workflow,
  job: Job,
  accepts?: Accepts,
  unless?: Condition,
): Verdict {
  const inRepository = (given?: ReadonlyMap<string, unknown>): Verdict =>
    ask(
      project,
      workflow,
      job,
      accepts,
      NOTHING_FAILS,
      (run) => !(run.starts && run.runs(job)) && !(unless !== undefined && run.starts && run.holds(unless, job)),
      (terms, entry) => (unless === undefined ? undefined : terms.add(unless.expression, jobScope(entry, job))),
      given,
    );
  const verdict = inRepository();
  if (verdict.kind !== "possible" || !verdict.witness.values.has(REPOSITORY.key)) return verdict;
  // A condition that asks for the repository asks for this one: under its name the job may never be skipped.
  const { entry } = verdict.witness;
  const names = prepare(entry, [job]).candidates.of(REPOSITORY).values;
  const verdicts = names.map((name) => [String(name), inRepository(new Map([[REPOSITORY.key, name]]))] as const);
  const [repository] = verdicts.find(([, { kind }]) => kind === "impossible") ?? [];
  if (repository !== undefined) return { kind: "impossible", repository };
  return verdicts.map(([, each]) => each).find(({ kind }) => kind === "unknown") ?? verdict;
}

/** Whether there is a run in which the job succeeds so far and none of these steps runs, in no job of its matrix. */
export function canSkipSteps(
  project: Project,
  workflow: Workflow,
  job: Job,
  steps: readonly Step[],
  accepts?: Accepts,
): Verdict {
  const combinations = expandMatrix(job.node.get("strategy").get("matrix")) ?? [undefined];
  const isGood = (name: string): boolean => name === "always" || name === "success";
  return ask(
    project,
    workflow,
    job,
    accepts,
    NOTHING_FAILS,
    (run) =>
      run.starts &&
      run.runs(job) &&
      !combinations.some((combination) => steps.some((step) => run.runsStep(job, step, isGood, combination))),
    (terms, entry) => {
      for (const step of steps) {
        const condition = conditionOf(step.node);
        for (const combination of combinations)
          if (condition !== undefined) terms.add(condition.expression, jobScope(entry, job, step, combination));
      }
    },
  );
}

/** Whether a value such as `continue-on-error` can be `true` in some job of the matrix. */
export function canBeTrue(project: Project, workflow: Workflow, job: Job, node: YamlNode, step?: Step): Verdict {
  const template = templateOf(node.text ?? "false");
  return ask(
    project,
    workflow,
    job,
    undefined,
    NOTHING_FAILS,
    (run) => run.text(template, jobScope(run.entry, job, step), (name) => name !== "failure") === "true",
    (terms, entry) => {
      for (const segment of template)
        if ("expression" in segment) terms.add(segment.expression, jobScope(entry, job, step));
    },
  );
}

/** Whether the job's own condition can be true, whatever becomes of the jobs that it needs. */
export function canHoldAlone(project: Project, workflow: Workflow, job: Job): Verdict {
  return ask(
    project,
    workflow,
    job,
    undefined,
    { ...ANYTHING, given: () => "success" },
    (run) => run.starts && run.runs(job),
  );
}

/** Puts a question about a job to every run that the workflow can have. */
function ask(
  project: Project,
  workflow: Workflow,
  job: Job,
  accepts: Accepts | undefined,
  course: Course,
  question: (run: Run) => boolean,
  more: (terms: Terms, entry: Entry) => void = () => undefined,
  given?: ReadonlyMap<string, unknown>,
): Verdict {
  const entries = project.entriesOf(workflow).filter((entry) => accepts?.(entry) ?? true);
  const dependsOn = new Set<string>();
  const asked = new Set<string>();
  for (const entry of entries) {
    const prepared = prepare(entry, [job], (terms) => more(terms, entry));
    // What no condition tells apart is asked once: a pull request and a push, where nothing asks for the event.
    const key = likenessOf(prepared);
    if (key !== undefined && asked.has(key)) continue;
    if (key !== undefined) asked.add(key);
    const answer = exploreRuns(prepared, course, (run) => (question(run) ? true : undefined), given);
    if (answer.found !== undefined) return { kind: "possible", witness: answer.found.witness };
    for (const reason of answer.dependsOn) dependsOn.add(reason);
  }
  const elsewhere = isCallable(workflow) && project.callersOf(workflow).length === 0;
  if (elsewhere && accepts === undefined) dependsOn.add("which other repositories call the workflow");
  return dependsOn.size === 0 ? { kind: "impossible" } : { kind: "unknown", dependsOn: [...dependsOn] };
}

/** Follows runs until one yields something, with the event that does. */
export function exploreRuns<R>(
  { entry, terms, candidates }: Preparation,
  course: Course,
  attempt: (run: Run, choices: Choices) => R | undefined,
  given?: ReadonlyMap<string, unknown>,
): Exploration<{ readonly result: R; readonly witness: Witness }> {
  return explore(
    (choices) => {
      const result = attempt(new Run(entry, { choices, terms, candidates, ...course }), choices);
      return result === undefined ? undefined : { result, witness: witnessOf(entry, choices.made) };
    },
    undefined,
    given,
  );
}

export function witnessOf(entry: Entry, made: ReadonlyMap<string, unknown>): Witness {
  const values = new Map(made);
  // Every value of a variable is one that an expression can have.
  return { entry, values, event: rootOf(entry).eventCase.describe(values as ReadonlyMap<string, Value>) };
}

/** Collects the terms of everything that decides whether the jobs run, those of callers among it. */
export function prepare(
  entry: Entry,
  jobs: readonly Job[],
  more: (terms: Terms) => void = () => undefined,
): Preparation {
  const terms = new Terms();
  addJobs(terms, entry, jobs);
  for (let { caller } = entry; caller !== undefined; { caller } = caller.entry)
    addJobs(terms, caller.entry, [caller.job]);
  more(terms);
  return { entry, terms, candidates: new CandidateTable(terms) };
}

/**
 * The same text for two ways of starting a workflow that its conditions cannot tell apart: all that they read means the
 * same. Undefined where an expression may read anything.
 */
export function likenessOf({ entry, terms }: Preparation): string | undefined {
  const root = rootOf(entry);
  const chain: string[] = [];
  for (let { caller } = entry; caller !== undefined; { caller } = caller.entry)
    chain.push(`${caller.entry.workflow.file} ${caller.job.id}`);
  const meanings: unknown[] = [root.workflow.file, chain];
  for (const path of terms.paths) {
    if (path.includes("[]") || path === "github" || path === "inputs" || path === "secrets") return undefined;
    if (path.startsWith("github.") || path.startsWith("inputs."))
      meanings.push([path, root.eventCase.meaning(path) ?? null]);
    if (path.startsWith("secrets.")) meanings.push([path, isWithoutSecrets(root)]);
  }
  return JSON.stringify(meanings);
}

function addJobs(terms: Terms, entry: Entry, jobs: readonly Job[]): void {
  const seen = new Set<string>();
  const queue = [...jobs];
  for (let job = queue.pop(); job !== undefined; job = queue.pop()) {
    if (seen.has(job.id)) continue;
    seen.add(job.id);
    const condition = conditionOf(job.node);
    if (condition !== undefined) terms.add(condition.expression, jobScope(entry, job));
    const { needs } = job;
    queue.push(...entry.workflow.jobs.filter(({ id }) => needs.includes(id)));
  }
}
