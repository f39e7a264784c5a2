import type { Job, Workflow } from "@release-actions/workflow";
import type { Domain } from "./language/domains.ts";
import type { Segment } from "./template.ts";

/** A value as an expression compares it. */
export type Value = string | number | boolean | null;

/** A value that conditions read and that an event, the repository or a run determines. */
export interface Variable {
  /** The name in reports and witnesses: `branch`, `vars.DEPLOY`, `needs.plan.outputs.tag`. */
  readonly key: string;
  /** Whether a step writes the value in a way that cannot be analysed. Such values are `true` or a name, rarely `1`. */
  readonly isWritten?: boolean;
  /** The key of a variable that never has the same value, such as a repository and its fork. */
  readonly unlike?: string;
  readonly type:
    | { readonly kind: "text"; readonly domain: Domain; readonly filter?: Filter | undefined }
    | { readonly kind: "choice"; readonly values: readonly Value[] }
    | { readonly kind: "number"; readonly least: number }
    /** Any JSON value, such as the payload of `repository_dispatch` or the result of `fromJSON`. */
    | { readonly kind: "any" }
    /** The names in a list, such as those of a pull request's labels. */
    | { readonly kind: "list" };
}

/** The patterns of `branches`, `tags` or their `-ignore` forms, in order. */
export interface Filter {
  readonly patterns: readonly string[];
  readonly ignores: boolean;
}

/** The meaning of a path such as `github.ref` for one kind of event. */
export type Meaning =
  | { readonly kind: "value"; readonly value: Value }
  | {
      readonly kind: "variable";
      readonly variable: Variable;
      /** Constant text before and after the variable, such as `refs/heads/` before a branch. */
      readonly prefix?: string;
      readonly suffix?: string;
      /** Set when the value is only the owner or the name of a repository. */
      readonly half?: "owner" | "name";
    }
  /** A mapping whose members have their own meanings. */
  | { readonly kind: "object" }
  /** The value of an expression in another place: an output of a job, or an input from a caller. */
  | {
      readonly kind: "computed";
      readonly template: readonly Segment[];
      readonly scope: Scope;
      /** Whether the value is converted to a string, as for outputs and environment variables. */
      readonly isText: boolean;
    };

/** The place of an expression, which determines the meanings of its paths. */
export interface Scope {
  readonly entry: Entry;
  readonly job: Job;
  meaning(path: string): Meaning;
}

/** A way of starting a workflow: by an event, or by a job of another workflow that calls it. */
export interface Entry {
  readonly workflow: Workflow;
  readonly eventCase: EventCase;
  /** The job that calls the workflow; undefined when the event starts it directly. */
  readonly caller: { readonly entry: Entry; readonly job: Job } | undefined;
}

/** One kind of event that starts a workflow, with the meaning of each path of `github` and `inputs`. */
export interface EventCase {
  readonly event: string;
  /** Whether the event comes from a fork, whose pull requests do not get secrets. */
  readonly isFork: boolean;
  /** Undefined for a path that GitHub's documentation does not describe; its value may be anything. */
  meaning(path: string): Meaning | undefined;
  /** Describes the event with the values that matter, such as "a push of a tag such as v1.2.3". */
  describe(values: ReadonlyMap<string, unknown>): string;
}

export function constant(value: Value): Meaning {
  return { kind: "value", value };
}

export const ABSENT: Meaning = constant(null);
export const OBJECT: Meaning = { kind: "object" };

export function textVariable(key: string, domain: Domain = "text", filter?: Filter): Variable {
  return { key, type: { kind: "text", domain, filter } };
}

/** An output of code that cannot be analysed. */
export function writtenVariable(key: string): Variable {
  return { ...textVariable(key), isWritten: true };
}

export function choiceVariable(key: string, values: readonly Value[]): Variable {
  return { key, type: { kind: "choice", values } };
}

export function meaningOfVariable(
  variable: Variable,
  around: { readonly prefix?: string; readonly suffix?: string; readonly half?: "owner" | "name" } = {},
): Meaning {
  return { kind: "variable", variable, ...around };
}

/** The value of a path, computed from the value of its variable. */
export function valueWith(meaning: Meaning & { kind: "variable" }, value: Value): Value {
  const { prefix = "", suffix = "", half } = meaning;
  if (half !== undefined) return String(value).split("/")[half === "owner" ? 0 : 1] ?? "";
  return prefix === "" && suffix === "" ? value : `${prefix}${value}${suffix}`;
}
