import type { Expr } from "@actions/expressions";
import { Binary, FunctionCall, IndexAccess, Literal, Logical, Star, Unary } from "@actions/expressions/ast";
import { functionOf, partsOf, pathOf } from "./expression.ts";
import type { Combination } from "./matrix.ts";

/** One read of the `secrets` context. The name is undefined if it is known only in a run. */
export interface SecretPath {
  readonly name: string | undefined;
  /** Whether the expression has a value without the secret, because it is compared or part of `||` or `&&`. */
  readonly isOptional: boolean;
}

/**
 * The secrets that an expression reads. `secrets[matrix.x]` is listed once for each job of the matrix.
 *
 * @param isOptional whether the expression is part of one that has a value without it
 */
export function secretPaths(expression: Expr, matrixes: readonly Combination[], isOptional = false): SecretPath[] {
  // The whole context, as in `toJSON(secrets)`.
  if (pathOf(expression) === "secrets") return [{ name: undefined, isOptional }];
  if (expression instanceof IndexAccess && pathOf(expression.expr) === "secrets")
    return namesOf(expression.index, matrixes).map((name) => ({ name, isOptional }));
  // The value of `a && secrets.B` is B, so B is required. In `secrets.B && x` and `secrets.B || x` it is optional.
  const isAnd = expression instanceof Logical && expression.operator.lexeme === "&&";
  const hasOwnValue = [Unary, Binary, Logical].some((kind) => expression instanceof kind);
  const parts = partsOf(expression);
  return parts.flatMap((part) =>
    secretPaths(part, matrixes, isOptional || (hasOwnValue && !(isAnd && part === parts.at(-1)))),
  );
}

/** The values that an index can have; a single `undefined` if they are known only in a run. */
function namesOf(index: Expr, matrixes: readonly Combination[]): (string | undefined)[] {
  if (index instanceof Literal) return [index.literal.coerceString()];
  const texts = index instanceof Star ? [] : matrixes.map((job) => textOf(index, job)).filter((text) => text !== "");
  return texts.length === 0 ? [undefined] : [...new Set(texts)];
}

/** The text of an expression in one job of a matrix, computed from the matrix and `format` only. */
function textOf(expression: Expr, job: Combination): string | undefined {
  if (expression instanceof Literal) return expression.literal.coerceString();
  if (expression instanceof FunctionCall) {
    const [template, ...values] = expression.args.map((arg) => textOf(arg, job));
    if (functionOf(expression) !== "format" || template === undefined || values.includes(undefined)) return undefined;
    const used = [...template.matchAll(/\{(\d+)\}/g)].map(([, at]) => Number(at));
    // GitHub ends the run at a placeholder without a value.
    if (used.some((at) => at >= values.length)) return undefined;
    return template.replace(/\{(\d+)\}/g, (_, at) => String(values[Number(at)]));
  }
  const [context, ...keys] = (pathOf(expression) ?? "").split(".");
  if (context !== "matrix") return undefined;
  const value = keys.reduce<unknown>((object, key) => valueAt(object, key), job);
  return value === undefined || typeof value === "object" ? undefined : String(value);
}

/** Looks up a key of a context, ignoring case. */
function valueAt(object: unknown, key: string): unknown {
  return Object.entries(Object(object)).find(([name]) => name.toLowerCase() === key)?.[1];
}
