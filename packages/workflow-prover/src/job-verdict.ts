import { expandMatrix, type Job, type Step, type YamlNode } from "@release-actions/workflow";
import { CandidateTable } from "./candidates.ts";
import { explore } from "./choices.ts";
import { type Condition, conditionOf } from "./condition.ts";
import { REPOSITORY } from "./events/repository.ts";
import { isCallable, type Project } from "./project.ts";
import { Run, type RunSettings } from "./run/run.ts";
import { isWithoutSecrets, jobScope, type Result, rootOf } from "./scope.ts";
import { templateOf } from "./template.ts";
import { Terms } from "./terms.ts";
import type { Entry, Scope } from "./variable.ts";

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

/** A question about a job, which is asked in every possible run of its workflow. */
interface Question {
  readonly accepts?: Accepts | undefined;
  readonly course: Course;
  readonly holds: (run: Run) => boolean;
  /** Adds the terms that determine the answer, other than those of the conditions of jobs. */
  readonly addTerms?: (terms: Terms, entry: Entry) => void;
  /** The values of variables that are not varied. */
  readonly given?: ReadonlyMap<string, unknown>;
}

/** Whether some event can make the job run. Other jobs may have any result. */
export function canRun(project: Project, job: Job, accepts?: Accepts): Verdict {
  return ask(project, job, { accepts, course: ANYTHING, holds: (run) => run.reaches(job) });
}

/**
 * Whether some event in this repository skips the job although no earlier job failed. A required check counts a skipped job as passed.
 *
 * @param unless a condition under which it may be skipped
 */
export function canBeSkipped(project: Project, job: Job, accepts?: Accepts, unless?: Condition): Verdict {
  const question: Question = {
    accepts,
    course: NOTHING_FAILS,
    holds: (run) => !run.reaches(job) && !(unless !== undefined && run.starts && run.holds(unless, job)),
    addTerms: (terms, entry) => addCondition(terms, unless, jobScope(entry, job)),
  };
  const verdict = ask(project, job, question);
  if (verdict.kind !== "possible" || !verdict.witness.values.has(REPOSITORY.key)) return verdict;
  // A condition that tests the name of the repository means this one. With that name the job may never be skipped.
  const names = prepare(verdict.witness.entry, job).candidates.of(REPOSITORY).values;
  const verdicts = names.map((name) => ask(project, job, { ...question, given: new Map([[REPOSITORY.key, name]]) }));
  const never = verdicts.findIndex(({ kind }) => kind === "impossible");
  if (never >= 0) return { kind: "impossible", repository: String(names[never]) };
  return verdicts.find(({ kind }) => kind === "unknown") ?? verdict;
}

/** Whether there is a run in which the job runs and has not failed, but none of these steps runs in any job of its matrix. */
export function canSkipSteps(project: Project, job: Job, steps: readonly Step[], accepts?: Accepts): Verdict {
  const combinations = expandMatrix(job.node.get("strategy").get("matrix")) ?? [undefined];
  const pairs = steps.flatMap((step) => combinations.map((combination) => ({ step, combination })));
  const isGood = (name: string): boolean => name === "always" || name === "success";
  return ask(project, job, {
    accepts,
    course: NOTHING_FAILS,
    holds: (run) =>
      run.reaches(job) && !pairs.some(({ step, combination }) => run.runsStep(job, step, isGood, combination)),
    addTerms: (terms, entry) => {
      for (const { step, combination } of pairs)
        addCondition(terms, conditionOf(step.node), jobScope(entry, job, step, combination));
    },
  });
}

/** Whether a value such as `continue-on-error` can be `true` in some job of the matrix. */
export function canBeTrue(project: Project, job: Job, node: YamlNode, step?: Step): Verdict {
  const template = templateOf(node.text ?? "false");
  return ask(project, job, {
    course: NOTHING_FAILS,
    holds: (run) => run.text(template, jobScope(run.entry, job, step), (name) => name !== "failure") === "true",
    addTerms: (terms, entry) => terms.addTemplate(template, jobScope(entry, job, step)),
  });
}

/** Whether the job's own condition can be true, if all jobs that it needs succeed. */
export function canHoldAlone(project: Project, job: Job): Verdict {
  return ask(project, job, { course: { ...ANYTHING, given: () => "success" }, holds: (run) => run.reaches(job) });
}

function ask(project: Project, job: Job, { accepts, course, holds, addTerms, given }: Question): Verdict {
  const { workflow } = job;
  const entries = project.entriesOf(workflow).filter((entry) => accepts?.(entry) ?? true);
  const dependsOn = new Set<string>();
  for (const prepared of distinct(entries, (entry) => prepare(entry, job, addTerms))) {
    const { entry } = prepared;
    const answer = explore(
      (choices) =>
        holds(new Run(entry, { ...prepared, ...course, choices })) ? witnessOf(entry, choices.made) : undefined,
      { given },
    );
    if (answer.found !== undefined) return { kind: "possible", witness: answer.found };
    for (const reason of answer.dependsOn) dependsOn.add(reason);
  }
  const elsewhere = isCallable(workflow) && project.callersOf(workflow).length === 0;
  if (elsewhere && accepts === undefined) dependsOn.add("which other repositories call the workflow");
  return dependsOn.size === 0 ? { kind: "impossible" } : { kind: "unknown", dependsOn: [...dependsOn] };
}

export function witnessOf(entry: Entry, made: ReadonlyMap<string, unknown>): Witness {
  return { entry, values: new Map(made), event: rootOf(entry).eventCase.describe(made) };
}

/**
 * Prepares the ways of starting a workflow, except for those that no condition distinguishes from an earlier one, such as
 * a pull request and a push if no condition reads the event.
 */
export function* distinct(
  entries: readonly Entry[],
  prepareEntry: (entry: Entry) => Preparation,
): Generator<Preparation> {
  const seen = new Set<string>();
  for (const entry of entries) {
    const prepared = prepareEntry(entry);
    const key = likenessOf(prepared);
    if (key !== undefined && seen.has(key)) continue;
    if (key !== undefined) seen.add(key);
    yield prepared;
  }
}

/** Collects the terms of everything that decides whether the job runs, including the conditions of callers. */
export function prepare(entry: Entry, job: Job, addTerms?: Question["addTerms"]): Preparation {
  const terms = new Terms();
  addJob(terms, entry, job);
  for (let { caller } = entry; caller !== undefined; { caller } = caller.entry) addJob(terms, caller.entry, caller.job);
  addTerms?.(terms, entry);
  return { entry, terms, candidates: new CandidateTable(terms) };
}

/**
 * A key that is equal for two ways of starting a workflow if its conditions cannot distinguish them, because every path
 * that they read has the same meaning. Undefined when an expression may read any path.
 */
function likenessOf({ entry, terms }: Preparation): string | undefined {
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

function addJob(terms: Terms, entry: Entry, job: Job): void {
  const seen = new Set<Job>();
  const queue = [job];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    addCondition(terms, conditionOf(next.node), jobScope(entry, next));
    const { needs } = next;
    queue.push(...entry.workflow.jobs.filter(({ id }) => needs.includes(id)));
  }
}

export function addCondition(terms: Terms, condition: Condition | undefined, scope: Scope): void {
  if (condition !== undefined) terms.add(condition.expression, scope);
}
