import type { Pair } from "@actions/expressions/data/expressiondata";
import {
  Array as ArrayData,
  BooleanData,
  Dictionary,
  type ExpressionData,
  Null,
  NumberData,
  StringData,
} from "@actions/expressions/data/index";
import { CannotTell } from "./choices.ts";

/** The content at a path: a value (which may be a list), nothing, or a mapping with members of its own. */
export type Found = { readonly value: ExpressionData | undefined } | "members";

/** The source of the members of contexts. */
export interface Members {
  find(path: string): Found;
  /** All members of a mapping; undefined if they are not known. */
  all(path: string): Pair[] | undefined;
}

/**
 * A mapping of a context such as `github.event`, whose members are chosen when an expression reads them. It extends the
 * dictionary of GitHub's evaluator.
 */
export class LazyDictionary extends Dictionary {
  readonly #path: string;
  readonly #members: Members;

  constructor(path: string, members: Members) {
    super();
    this.#path = path;
    this.#members = members;
  }

  override get(key: string): ExpressionData | undefined {
    const path = `${this.#path}.${key.toLowerCase()}`;
    const found = this.#members.find(path);
    return found === "members" ? new LazyDictionary(path, this.#members) : found.value;
  }

  override values(): ExpressionData[] {
    return this.pairs().map(({ value }) => value);
  }

  override pairs(): Pair[] {
    const all = this.#members.all(this.#path);
    if (all === undefined) throw new CannotTell(`all members of \`${this.#path}\``);
    return all;
  }
}

export function toData(value: unknown): ExpressionData {
  if (typeof value === "string") return new StringData(value);
  if (typeof value === "number") return new NumberData(value);
  if (typeof value === "boolean") return new BooleanData(value);
  if (Array.isArray(value)) return new ArrayData(...value.map(toData));
  if (typeof value === "object" && value !== null)
    return new Dictionary(...Object.entries(value).map(([key, item]) => ({ key, value: toData(item) })));
  return new Null();
}
