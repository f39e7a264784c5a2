import type { Pair } from "@actions/expressions/data/expressiondata";
import { Dictionary, type ExpressionData, StringData } from "@actions/expressions/data/index";
import { type Found, LazyDictionary } from "../context.ts";
import type { Result } from "../scope.ts";

/** The `needs` context of a job. The result of each job is chosen when an expression reads it. */
export class Needs extends Dictionary {
  readonly #ids: readonly string[];
  readonly #resultOf: (id: string) => Result;
  readonly #find: (path: string) => Found;

  constructor(ids: readonly string[], resultOf: (id: string) => Result, find: (path: string) => Found) {
    super();
    this.#ids = ids;
    this.#resultOf = resultOf;
    this.#find = find;
  }

  override get(key: string): ExpressionData | undefined {
    const id = this.#ids.find((candidate) => candidate.toLowerCase() === key.toLowerCase());
    return id === undefined ? undefined : new Need(id, this.#resultOf, this.#find);
  }

  override values(): ExpressionData[] {
    return this.#ids.map((id) => new Need(id, this.#resultOf, this.#find));
  }

  override pairs(): Pair[] {
    return this.#ids.map((key) => ({ key, value: new Need(key, this.#resultOf, this.#find) }));
  }
}

class Need extends Dictionary {
  readonly #id: string;
  readonly #resultOf: (id: string) => Result;
  readonly #find: (path: string) => Found;

  constructor(id: string, resultOf: (id: string) => Result, find: (path: string) => Found) {
    super();
    this.#id = id;
    this.#resultOf = resultOf;
    this.#find = find;
  }

  override get(key: string): ExpressionData | undefined {
    if (key.toLowerCase() === "result") return new StringData(this.#resultOf(this.#id));
    if (key.toLowerCase() !== "outputs") return undefined;
    return new LazyDictionary(`needs.${this.#id.toLowerCase()}.outputs`, this.#find);
  }

  override values(): ExpressionData[] {
    return this.pairs().map(({ value }) => value);
  }

  /** The content for `toJSON(needs)`. Outputs are left out, because gates use it only to read results. */
  override pairs(): Pair[] {
    return [
      { key: "result", value: new StringData(this.#resultOf(this.#id)) },
      { key: "outputs", value: new Dictionary() },
    ];
  }
}
