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

/** An example event that shows that something is possible, with the values that matter. */
export interface Witness {
  readonly entry: Entry;
  /** The values of variables by their keys, and the results of jobs (`result of <job>`). */
  readonly values: ReadonlyMap<string, unknown>;
  /** The description of the event. */
  readonly event: string;
}

/**
 * Whether something can happen: it is possible (with an example), impossible, or unknown from the files alone. If a
 * condition tests the name of the repository, it may be impossible only in that `repository` and possible in its forks.
 */
export type Verdict =
  | { readonly kind: "possible"; readonly witness: Witness }
  | { readonly kind: "impossible"; readonly repository?: string }
  | { readonly kind: "unknown"; readonly dependsOn: readonly string[] };

/** The terms of all conditions that decide whether a job runs, and the values to try, for one way of starting the workflow. */
export interface Preparation {
  readonly entry: Entry;
  readonly terms: Terms;
  readonly candidates: CandidateTable;
}

/** The results and cancellations that can occur in a run. */
export type Course = Pick<RunSettings, "ends" | "mayBeCancelled" | "given">;

export const ENDS: readonly Result[] = ["success", "failure", "cancelled"];
const ANYTHING: Course = { ends: () => ENDS, mayBeCancelled: true };
const NOTHING_FAILS: Course = { ends: () => ["success"], mayBeCancelled: false };

/** Selects the ways of starting a workflow to which a question refers. */
export type Accepts = (entry: Entry) => boolean;

/** Whether some event can make the job run. Other jobs may have any result. */
export function canRun(project: Project, workflow: Workflow, job: Job, accepts?: Accepts): Verdict {
  return ask(project, workflow, job, accepts, ANYTHING, (run) => run.starts && run.runs(job));
}

/**
 * Whether some event in this repository skips the job although no earlier job failed. A required check counts a skipped job as passed.
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
  // A condition that tests the name of the repository means this one. With that name the job may never be skipped.
  const { entry } = verdict.witness;
  const names = prepare(entry, [job]).candidates.of(REPOSITORY).values;
  const verdicts = names.map((name) => [String(name), inRepository(new Map([[REPOSITORY.key, name]]))] as const);
  const [repository] = verdicts.find(([, { kind }]) => kind === "impossible") ?? [];
  if (repository !== undefined) return { kind: "impossible", repository };
  return verdicts.map(([, each]) => each).find(({ kind }) => kind === "unknown") ?? verdict;
}

/** Whether there is a run in which the job runs and has not failed, but none of these steps runs in any job of its matrix. */
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

/** Whether the job's own condition can be true, if all jobs that it needs succeed. */
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

/** Asks a question about a job for every possible run of the workflow. */
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
    // Ways of starting that no condition distinguishes are asked once, such as a pull request and a push if no condition reads the event.
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

/** Evaluates runs until one gives a result, and returns it with an example event. */
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
  // The cast is safe: the values of variables are values of expressions.
  return { entry, values, event: rootOf(entry).eventCase.describe(values as ReadonlyMap<string, Value>) };
}

/** Collects the terms of everything that decides whether the jobs run, including the conditions of callers. */
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
 * A key that is equal for two ways of starting a workflow if its conditions cannot distinguish them, because every path
 * that they read has the same meaning. Undefined when an expression may read any path.
 */
export function likenessOf({ entry, terms }: Preparation): string | undefined {
  const root = rootOf(entry);
  const chain: string[] = [];
  for (let { caller } = entry; caller !== undefined; { caller } = caller.entry)
    chain.push(`${caller.entry.workflow.file} ${caller.job.id}`);
  const meanings: unknown[] = [root.workflow.file, chain];
  for (const path of terms.paths.all) {
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
