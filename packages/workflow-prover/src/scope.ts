import { type Combination, expandMatrix, type Job, type Step, type YamlNode } from "@release-actions/workflow";
import { cached } from "./cached.ts";
import { absentInput } from "./events/inputs.ts";
import { openVariable } from "./operand.ts";
import { stepOutput } from "./step-output.ts";
import { templateOf } from "./template.ts";
import {
  ABSENT,
  choiceVariable,
  constant,
  type Entry,
  type Meaning,
  meaningOfVariable,
  OBJECT,
  type Scope,
  textVariable,
  type Value,
  writtenVariable,
} from "./variable.ts";

/** The result of a job (docs: "Contexts reference", `needs.<job_id>.result`). */
export type Result = "success" | "failure" | "cancelled" | "skipped";
export const RESULTS: readonly Result[] = ["success", "failure", "cancelled", "skipped"];

/** The meanings of paths in the conditions of a job and its steps. */
class JobScope implements Scope {
  readonly entry: Entry;
  readonly job: Job;
  readonly step: Step | undefined;
  /** The job of the matrix; undefined for any job of it. */
  readonly combination: Combination | undefined;
  readonly #meanings = new Map<string, Meaning>();

  constructor(entry: Entry, job: Job, step?: Step, combination?: Combination) {
    this.entry = entry;
    this.job = job;
    this.step = step;
    this.combination = combination;
  }

  meaning(path: string): Meaning {
    return cached(this.#meanings, path, () => this.#find(path));
  }

  #find(path: string): Meaning {
    const [context = "", name, ...rest] = path.split(".");
    if (name === undefined) return OBJECT;
    switch (context) {
      case "github":
        if (path === "github.job") return constant(this.job.id);
        if (path === "github.workflow") return constant(rootOf(this.entry).workflow.name);
        return this.entry.eventCase.meaning(path) ?? meaningOfVariable(openVariable(path));
      case "inputs":
        return this.#input(name);
      case "needs":
        return this.#need(name, rest);
      case "vars":
        return meaningOfVariable(textVariable(path));
      case "secrets":
        if (name === "github_token") return constant("token");
        // Secrets other than the token are not passed to runs that a fork started (docs: "Secrets").
        return isWithoutSecrets(this.entry) ? constant("") : meaningOfVariable(textVariable(path));
      case "matrix":
        return rest.length > 0 ? meaningOfVariable(openVariable(path)) : this.#matrix(path, name);
      case "env":
        return this.#env(name);
      case "steps":
        return this.#step(path, name, rest);
      case "runner":
        if (name === "os") return meaningOfVariable(choiceVariable("runner.os", ["Linux", "Windows", "macOS"]));
        return meaningOfVariable(textVariable(path));
      default:
        return meaningOfVariable(openVariable(path));
    }
  }

  #input(name: string): Meaning {
    const { workflow, eventCase, caller } = this.entry;
    if (caller === undefined) return eventCase.meaning(`inputs.${name}`) ?? ABSENT;
    const input = valueNamed(workflow.root.get("on").get("workflow_call").get("inputs"), name);
    if (input === undefined) return ABSENT;
    const type = input.get("type").text ?? "string";
    const given = valueNamed(caller.job.node.get("with"), name);
    if (given?.isPresent !== true) return constant(absentInput(type, input));
    const scope = jobScope(caller.entry, caller.job);
    return computed(given, scope, false) ?? constant(typed(given.value));
  }

  #need(name: string, [member, output, ...rest]: readonly string[]): Meaning {
    if (name === "*") return OBJECT;
    const id = this.job.needs.find((candidate) => candidate.toLowerCase() === name);
    // `needs` contains only the jobs that the job itself names.
    if (id === undefined) return ABSENT;
    if (member === "result") return meaningOfVariable(choiceVariable(`result of ${id}`, RESULTS));
    if (member !== "outputs" || output === undefined || output === "*" || rest.length > 0) return OBJECT;
    const needed = this.entry.workflow.jobs.find((job) => job.id === id);
    return needed === undefined ? ABSENT : outputMeaning(this.entry, needed, output);
  }

  #matrix(path: string, name: string): Meaning {
    const combinations =
      this.combination === undefined ? expandMatrix(this.job.node.get("strategy").get("matrix")) : [this.combination];
    if (combinations === undefined) return meaningOfVariable(openVariable(path));
    const values = combinations.map((combination) => {
      const [, value] = Object.entries(combination).find(([axis]) => axis.toLowerCase() === name) ?? [];
      return typed(value ?? null);
    });
    if (values.some((value) => typeof value === "string" && value.includes("${{")))
      return meaningOfVariable(openVariable(path));
    return meaningOfVariable(choiceVariable(`${this.job.id}: ${path}`, [...new Set(values)]));
  }

  #env(name: string): Meaning {
    const owners = [this.step?.node, this.job.node, this.entry.workflow.root];
    const [value] = owners.flatMap((owner) => valueNamed(owner?.get("env"), name) ?? []);
    return value === undefined
      ? meaningOfVariable(textVariable(`env.${name}`))
      : textMeaning(value, jobScope(this.entry, this.job));
  }

  #step(path: string, id: string, [member, output]: readonly string[]): Meaning {
    const step = this.job.steps.find((candidate) => candidate.id?.toLowerCase() === id);
    if (member === "outcome" || member === "conclusion") {
      return step === undefined ? ABSENT : meaningOfVariable(choiceVariable(`${this.job.id}: ${path}`, RESULTS));
    }
    if (member !== "outputs" || output === undefined) return OBJECT;
    return step === undefined ? ABSENT : stepOutput(this.job, step, output);
  }
}

const SCOPES = new WeakMap<Entry, Map<Job | Step, Scope>>();

/** The scope of a job or step. It is cached, because it remembers the meanings of its paths. */
export function jobScope(entry: Entry, job: Job, step?: Step, combination?: Combination): Scope {
  if (combination !== undefined) return new JobScope(entry, job, step, combination);
  const known = cached(SCOPES, entry, () => new Map<Job | Step, Scope>());
  return cached(known, step ?? job, () => new JobScope(entry, job, step));
}

/** The meaning of an output of a job; `ABSENT` when the job does not declare it. */
function outputMeaning(entry: Entry, job: Job, output: string): Meaning {
  const open = meaningOfVariable(writtenVariable(`needs.${job.id}.outputs.${output}`));
  // The called workflow determines its own outputs.
  if (job.uses !== undefined) return open;
  const value = valueNamed(job.node.get("outputs"), output);
  return value === undefined ? ABSENT : textMeaning(value, jobScope(entry, job));
}

/** The meaning of a value that becomes a string, such as an output. */
function textMeaning(node: YamlNode, scope: Scope): Meaning {
  return computed(node, scope, true) ?? constant(node.text ?? "");
}

/** The meaning of a value with expressions; undefined when it has none. */
function computed({ text = "" }: YamlNode, scope: Scope, isText: boolean): Meaning | undefined {
  return text.includes("${{") ? { kind: "computed", template: templateOf(text), scope, isText } : undefined;
}

/** The entry at the top of the chain of callers, which an event starts. */
export function rootOf(entry: Entry): Entry {
  return entry.caller === undefined ? entry : rootOf(entry.caller.entry);
}

export function isWithoutSecrets({ eventCase }: Entry): boolean {
  return eventCase.isFork && !["pull_request_target", "workflow_run"].includes(eventCase.event);
}

/** Finds a value by its name in lower case, since GitHub ignores the case of names. */
function valueNamed(node: YamlNode | undefined, name: string): YamlNode | undefined {
  return node?.entries().find(([key]) => key.toLowerCase() === name)?.[1];
}

function typed(value: unknown): Value {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}
