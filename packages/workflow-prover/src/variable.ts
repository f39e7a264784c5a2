import type { Domain } from "./language/domains.ts";
import type { Segment } from "./template.ts";

/** A value as an expression compares it. */
export type Value = string | number | boolean | null;

/** Something that an event, the repository or a run decides, and that conditions read. */
export interface Variable {
  /** Names it in reports and witnesses: `branch`, `vars.DEPLOY`, `needs.plan.outputs.tag`. */
  readonly key: string;
  /** A text that a step writes and that cannot be read here: `true` or a name, hardly ever `1`. */
  readonly isWritten?: boolean;
  /** The key of a variable that never has the same value: a fork is another repository. */
  readonly unlike?: string;
  readonly type:
    | { readonly kind: "text"; readonly domain: Domain; readonly filter?: Filter | undefined }
    | { readonly kind: "choice"; readonly values: readonly Value[] }
    | { readonly kind: "number"; readonly least: number }
    /** Any JSON: the payload of `repository_dispatch`, what `fromJSON` reads. */
    | { readonly kind: "any" }
    /** The names in a list, such as those of a pull request's labels. */
    | { readonly kind: "list" };
}

/** `branches`, `tags` and their `-ignore` forms: the patterns in their order. */
export interface Filter {
  readonly patterns: readonly string[];
  readonly ignores: boolean;
}

/** What a path such as `github.ref` stands for under one kind of event. */
export type Meaning =
  | { readonly kind: "value"; readonly value: Value }
  | {
      readonly kind: "variable";
      readonly variable: Variable;
      /** Constant text around the variable: `refs/heads/` before a branch. */
      readonly prefix?: string;
      readonly suffix?: string;
      /** The owner or the name of a repository. */
      readonly half?: "owner" | "name";
    }
  /** A mapping whose members have meanings of their own. */
  | { readonly kind: "object" }
  /** What an expression elsewhere yields: an output of a job, an input that a caller gives. */
  | {
      readonly kind: "computed";
      readonly template: readonly Segment[];
      readonly scope: Scope;
      /** Outputs and the environment are texts, whatever is computed. */
      readonly isText: boolean;
    };

/** Where an expression stands, which decides what the paths in it mean. */
export interface Scope {
  meaning(path: string): Meaning;
}

export function constant(value: Value): Meaning {
  return { kind: "value", value };
}

export const ABSENT: Meaning = constant(null);
export const OBJECT: Meaning = { kind: "object" };

export function textVariable(key: string, domain: Domain = "text", filter?: Filter): Variable {
  return { key, type: { kind: "text", domain, filter } };
}

/** An output whose writer cannot be read. */
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

/** The value that a path has once its variable has one. */
export function valueWith(meaning: Meaning & { kind: "variable" }, value: Value): Value {
  const { prefix = "", suffix = "", half } = meaning;
  if (half !== undefined) return String(value).split("/")[half === "owner" ? 0 : 1] ?? "";
  return prefix === "" && suffix === "" ? value : `${prefix}${value}${suffix}`;
}
