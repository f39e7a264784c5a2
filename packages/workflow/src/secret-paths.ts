import type { Expr } from "@actions/expressions";
import {
  type Binary,
  type ContextAccess,
  type ExprVisitor,
  type FunctionCall,
  type Grouping,
  IndexAccess,
  Literal,
  type Logical,
  Star,
  type Unary,
} from "@actions/expressions/ast";
import { functionOf, pathOf } from "./expression.ts";
import type { Combination } from "./matrix.ts";

/** One read of the `secrets` context. The name is undefined if it is known only in a run. */
export interface SecretPath {
  readonly name: string | undefined;
  /** Whether the expression has a value without the secret, because it is compared or part of `||` or `&&`. */
  readonly isOptional: boolean;
}

/** The secrets that an expression reads. `secrets[matrix.x]` is listed once for each job of the matrix. */
export function secretPaths(expression: Expr, matrixes: readonly Combination[]): SecretPath[] {
  return expression.accept(new SecretFinder(matrixes));
}

class SecretFinder implements ExprVisitor<SecretPath[]> {
  readonly #matrixes: readonly Combination[];
  #isOptional = false;

  constructor(matrixes: readonly Combination[]) {
    this.#matrixes = matrixes;
  }

  visitLiteral(): SecretPath[] {
    return [];
  }

  visitContextAccess(access: ContextAccess): SecretPath[] {
    // The whole context, as in `toJSON(secrets)`.
    return pathOf(access) === "secrets" ? [this.#path(undefined)] : [];
  }

  visitIndexAccess({ expr, index }: IndexAccess): SecretPath[] {
    if (expr instanceof IndexAccess || pathOf(expr) !== "secrets") return [...expr.accept(this), ...index.accept(this)];
    if (index instanceof Star) return [this.#path(undefined)];
    return this.#namesOf(index).map((name) => this.#path(name));
  }

  visitUnary({ expr }: Unary): SecretPath[] {
    return this.#optional(() => expr.accept(this));
  }

  visitGrouping({ group }: Grouping): SecretPath[] {
    return group.accept(this);
  }

  visitLogical({ args, operator }: Logical): SecretPath[] {
    // The value of `a && secrets.B` is B, so B is required. In `secrets.B && x` and `secrets.B || x` it is optional.
    const isAnd = operator.lexeme === "&&";
    return args.flatMap((arg, at) =>
      isAnd && at === args.length - 1 ? arg.accept(this) : this.#optional(() => arg.accept(this)),
    );
  }

  visitBinary({ left, right }: Binary): SecretPath[] {
    return this.#optional(() => [...left.accept(this), ...right.accept(this)]);
  }

  visitFunctionCall({ args }: FunctionCall): SecretPath[] {
    return args.flatMap((arg) => arg.accept(this));
  }

  #path(name: string | undefined): SecretPath {
    return { name, isOptional: this.#isOptional };
  }

  #optional<T>(visit: () => T): T {
    const before = this.#isOptional;
    this.#isOptional = true;
    try {
      return visit();
    } finally {
      this.#isOptional = before;
    }
  }

  /** The values that an index can have; a single `undefined` if they are known only in a run. */
  #namesOf(index: Expr): (string | undefined)[] {
    if (index instanceof Literal) return [index.literal.coerceString()];
    const texts = this.#matrixes.map((job) => textOf(index, job)).filter((text) => text !== "");
    return texts.length === 0 ? [undefined] : [...new Set(texts)];
  }
}

/** The text of an expression in one job of a matrix, computed from the matrix and `format` only. */
function textOf(expression: Expr, job: Combination): string | undefined {
  if (expression instanceof Literal) return expression.literal.coerceString();
  if ("functionName" in expression) {
    // The cast is safe: only function calls have a `functionName`.
    const call = expression as FunctionCall;
    const [template, ...values] = call.args.map((arg) => textOf(arg, job));
    if (functionOf(call) !== "format" || template === undefined || values.includes(undefined)) return undefined;
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
