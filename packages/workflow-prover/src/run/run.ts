import type { Expr } from "@actions/expressions";
import type { Pair } from "@actions/expressions/data/expressiondata";
import { Dictionary, type ExpressionData, StringData } from "@actions/expressions/data/index";
import { truthy } from "@actions/expressions/result";
import type { Combination, Job, Step } from "@release-actions/workflow";
import { ancestorsOf } from "../ancestors.ts";
import type { CandidateTable } from "../candidates.ts";
import { type Choices, DeadEnd } from "../choices.ts";
import { type Condition, conditionOf } from "../condition.ts";
import { type Found, LazyDictionary, type Members, toData } from "../context.ts";
import { evaluate } from "../evaluate.ts";
import { openVariable } from "../operand.ts";
import { jobScope, type Result } from "../scope.ts";
import type { Segment } from "../template.ts";
import type { Terms } from "../terms.ts";
import { type Entry, type Scope, type Variable, valueWith } from "../variable.ts";

export interface RunSettings {
  readonly choices: Choices;
  readonly terms: Terms;
  readonly candidates: CandidateTable;
  /** The possible results of a job that starts. */
  readonly ends: (job: string) => readonly Result[];
  /** Whether somebody may cancel the run. */
  readonly mayBeCancelled: boolean;
  /** The given results of jobs; undefined for a job whose result is to be evaluated. */
  readonly given?: ((job: string) => Result | undefined) | undefined;
  /** The steps that ran before the current one, by id in lower case. */
  readonly steps?: ReadonlyMap<string, StepRecord> | undefined;
}

/** The entry of a step in the context `steps` (docs: "Contexts reference", `steps`). */
export interface StepRecord {
  readonly outcome: Result;
  readonly conclusion: Result;
  readonly outputs: ReadonlyMap<string, string>;
}

/** Evaluates a status function such as `success`. For a step it depends on earlier steps, for a job on earlier jobs. */
export type StepStatus = (name: string) => boolean;

/** One possible run of a workflow. The conditions and results of jobs are evaluated only when they are needed. */
export class Run {
  readonly entry: Entry;
  readonly #settings: RunSettings;
  readonly #caller: Run | undefined;
  readonly #results: Map<string, Result>;
  readonly #pending = new Set<string>();

  /** @param results the results of jobs that were already evaluated in the same run */
  constructor(entry: Entry, settings: RunSettings, results = new Map<string, Result>()) {
    this.entry = entry;
    this.#settings = settings;
    this.#results = results;
    // Given results and steps belong to the jobs of this workflow; the results of the caller's jobs are evaluated.
    const { given: _given, steps: _steps, ...following } = settings;
    this.#caller = entry.caller === undefined ? undefined : new Run(entry.caller.entry, following);
  }

  /** The same run, after some steps of a job. */
  after(steps: ReadonlyMap<string, StepRecord>): Run {
    return new Run(this.entry, { ...this.#settings, steps }, this.#results);
  }

  /** Whether the workflow starts. A called workflow starts only when the calling job does. */
  get starts(): boolean {
    const { caller } = this.entry;
    return caller === undefined || this.#caller?.reaches(caller.job) === true;
  }

  /** Whether the workflow starts and the job's condition is true. */
  reaches(job: Job): boolean {
    return this.starts && this.runs(job);
  }

  /** The result of a job. A job whose condition is false is skipped (docs: "Using conditions to control job execution"). */
  resultOf(id: string): Result {
    const given = this.#settings.given?.(id);
    if (given !== undefined) return given;
    const known = this.#results.get(id);
    if (known !== undefined) return known;
    const job = this.entry.workflow.jobs.find((candidate) => candidate.id === id);
    // Jobs that need each other, or need a missing job, never start, because GitHub refuses the workflow.
    if (job === undefined || this.#pending.has(id)) return "skipped";
    this.#pending.add(id);
    const result = this.runs(job)
      ? this.#settings.choices.choose(this.#key(`result of ${id}`), this.#endsOf(job))
      : "skipped";
    this.#pending.delete(id);
    this.#results.set(id, result);
    return result;
  }

  /** Whether a job's condition is true. Without a status function, `success()` is implied. */
  runs(job: Job): boolean {
    return this.#passes(conditionOf(job.node), jobScope(this.entry, job), (name) => this.#status(job, name));
  }

  /** Whether a step's condition is true, given the status of the steps before it. */
  runsStep(job: Job, step: Step, status: StepStatus, combination?: Combination): boolean {
    return this.#passes(conditionOf(step.node), jobScope(this.entry, job, step, combination), status);
  }

  #passes(condition: Condition | undefined, scope: Scope, status: StepStatus): boolean {
    if (condition === undefined) return status("success");
    if (!condition.asksForStatus && !status("success")) return false;
    return this.#isTrue(condition, scope, status);
  }

  /** Whether another condition would be true at the place of this job. */
  holds(condition: Condition, job: Job): boolean {
    return this.#isTrue(condition, jobScope(this.entry, job), (name) => this.#status(job, name));
  }

  /** A text with its expressions evaluated. */
  text(template: readonly Segment[], scope: Scope, status: StepStatus): string {
    return this.#template(template, scope, status).coerceString();
  }

  /** The value of a status function for a job. It considers all direct and indirect needs (docs: "Status check functions"). */
  #status(job: Job, name: string): boolean {
    if (name === "always") return true;
    if (name === "cancelled") return this.#isCancelledBefore(job);
    const ancestors = [...ancestorsOf(job)];
    if (name === "failure") return ancestors.some((id) => this.resultOf(id) === "failure");
    return ancestors.every((id) => this.resultOf(id) === "success") && !this.#isCancelledBefore(job, [false]);
  }

  /** Whether the run was cancelled before a job. Once cancelled, it stays cancelled for all later jobs. */
  #isCancelledBefore(job: Job, options: readonly boolean[] = [false, true]): boolean {
    const { choices, mayBeCancelled } = this.#settings;
    if (!mayBeCancelled) return false;
    const before = [...ancestorsOf(job)].some((id) => choices.made.get(this.#key(`cancelled before ${id}`)) === true);
    return choices.choose(this.#key(`cancelled before ${job.id}`), before ? [true] : options);
  }

  /** The possible results of a job. A job with `continue-on-error` counts as a success for the jobs that need it. */
  #endsOf(job: Job): readonly Result[] {
    const ends = this.#settings.ends(job.id);
    return job.node.get("continue-on-error").value === true ? ends.filter((end) => end !== "failure") : ends;
  }

  #isTrue(condition: Condition, scope: Scope, status: StepStatus): boolean {
    return condition.alwaysTrue === "text" || truthy(this.#evaluate(condition.expression, scope, status));
  }

  #evaluate(expression: Expr, scope: Scope, status: StepStatus): ExpressionData {
    const { choices } = this.#settings;
    return evaluate(expression, {
      contexts: this.#contexts(scope, status),
      status,
      open: (key) => toData(this.#choose(openVariable(key))),
      openContains: (key) => choices.choose(`${key} has the item`, [true, false]),
      hashFiles: (key) => toData(choices.choose(`hashFiles(${key})`, ["0123abcd", ""])),
    });
  }

  #contexts(scope: Scope, status: StepStatus): Dictionary {
    const members: Members = {
      find: (path) => this.#find(path, scope, status),
      all: (path) => this.#allNeeds(path, scope, members),
    };
    const contexts = new Dictionary();
    contexts.get = (name) => new LazyDictionary(name.toLowerCase(), members);
    return contexts;
  }

  /** The members of `needs`, and of a job in it. Outputs are left out, because gates use `toJSON(needs)` only to read results. */
  #allNeeds(path: string, { job }: Scope, members: Members): Pair[] | undefined {
    if (path === "needs")
      return job.needs.map((key) => ({ key, value: new LazyDictionary(`needs.${key.toLowerCase()}`, members) }));
    const id = neededBy(job, /^needs\.([^.]+)$/.exec(path)?.[1]);
    if (id === undefined) return undefined;
    return [
      { key: "result", value: new StringData(this.resultOf(id)) },
      { key: "outputs", value: new Dictionary() },
    ];
  }

  #find(path: string, scope: Scope, status: StepStatus): Found {
    const [, needed, member] = /^needs\.([^.]+)(?:\.([^.]+))?$/.exec(path) ?? [];
    if (needed !== undefined) {
      const id = neededBy(scope.job, needed);
      if (id !== undefined && member === "result") return { value: new StringData(this.resultOf(id)) };
      return id !== undefined && (member ?? "outputs") === "outputs" ? "members" : { value: undefined };
    }
    const list = this.#list(path, scope);
    if (list !== undefined) return { value: list };
    const record = this.#stepRecord(path);
    if (record !== undefined) return { value: toData(record) };
    const meaning = scope.meaning(path);
    const [, need] = /^needs\.([^.]+)\.outputs\./.exec(path) ?? [];
    if (need !== undefined && !this.#hasOutputs(scope.job, need, path)) return { value: toData(null) };
    switch (meaning.kind) {
      case "object":
        return "members";
      case "value":
        return { value: toData(meaning.value) };
      case "variable":
        if (meaning.variable.type.kind === "any" && this.#settings.terms.paths.beginnings.has(path)) return "members";
        return { value: toData(valueWith(meaning, this.#choose(meaning.variable))) };
      case "computed": {
        const value = this.#runOf(meaning.scope.entry).#template(meaning.template, meaning.scope, status);
        return { value: meaning.isText ? new StringData(value.coerceString()) : value };
      }
    }
  }

  #stepRecord(path: string): string | undefined {
    const [, id = "", member, output] = /^steps\.([^.]+)\.(outcome|conclusion|outputs)(?:\.([^.]+))?$/.exec(path) ?? [];
    const record = this.#settings.steps?.get(id);
    if (record === undefined) return undefined;
    if (member === "outcome" || member === "conclusion") return record[member];
    return output === undefined ? undefined : record.outputs.get(output);
  }

  /** Whether a job sets an output. A skipped job sets none; a failed job may have set it before it failed. */
  #hasOutputs(job: Job, need: string, path: string): boolean {
    const id = neededBy(job, need);
    const result = id === undefined ? "skipped" : this.resultOf(id);
    if (result === "success") return true;
    return result !== "skipped" && this.#settings.choices.choose(`${path} was set`, [true, false]);
  }

  #list(path: string, scope: Scope): ExpressionData | undefined {
    const read = this.#settings.terms.paths.lists.get(path);
    if (read === undefined) return undefined;
    const meaning = scope.meaning(read);
    if (meaning.kind !== "variable" || meaning.variable.type.kind !== "list") return undefined;
    const names: unknown = JSON.parse(String(this.#choose(meaning.variable)));
    const member = read.slice(path.length + 3).split(".")[0] ?? "";
    return toData(Array.isArray(names) ? names.map((name) => (member === "" ? name : { [member]: name })) : []);
  }

  #template(template: readonly Segment[], scope: Scope, status: StepStatus): ExpressionData {
    const values = template.map((segment) =>
      "text" in segment ? new StringData(segment.text) : this.#evaluate(segment.expression, scope, status),
    );
    const [only] = values;
    return values.length === 1 && only !== undefined
      ? only
      : new StringData(values.map((value) => value.coerceString()).join(""));
  }

  #runOf(entry: Entry): Run {
    if (entry === this.entry) return this;
    if (this.#caller === undefined) throw new DeadEnd("a scope of another run");
    return this.#caller.#runOf(entry);
  }

  #choose(variable: Variable) {
    const { values, open } = this.#settings.candidates.of(variable);
    if (open !== undefined) this.#settings.choices.leaveOpen(`\`${variable.key}\` ${open}`);
    const { choices } = this.#settings;
    const value = choices.choose(variable.key, values);
    const other = variable.unlike === undefined ? undefined : choices.made.get(variable.unlike);
    if (other !== undefined && String(other).toLowerCase() === String(value).toLowerCase())
      throw new DeadEnd(`${variable.key} is ${variable.unlike}`);
    return value;
  }

  /** Adds the calling job to a key, because jobs of a called workflow may have the same names as the caller's jobs. */
  #key(question: string): string {
    return this.entry.caller === undefined ? question : `${this.entry.caller.job.id} / ${question}`;
  }
}

/** The id of a needed job by its name in lower case; undefined when the job does not need it. */
function neededBy({ needs }: Job, name: string | undefined): string | undefined {
  return needs.find((id) => id.toLowerCase() === name);
}
