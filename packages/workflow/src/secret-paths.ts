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

/** One reading of the `secrets` context; without a name where only a run knows which. */
export interface SecretPath {
  readonly name: string | undefined;
  /** Compared, or one of several values of an `||` or `&&`: the expression has a value without it. */
  readonly isOptional: boolean;
}

/** Which secrets an expression reads; `secrets[matrix.x]` once for each of the matrix's jobs. */
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
    // `a && secrets.B` has B for its value; `secrets.B && x` and `secrets.B || x` do without.
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

  /** The texts that an index can be; one `undefined` where only a run knows. */
  #namesOf(index: Expr): (string | undefined)[] {
    if (index instanceof Literal) return [index.literal.coerceString()];
    const texts = this.#matrixes.map((job) => textOf(index, job)).filter((text) => text !== "");
    return texts.length === 0 ? [undefined] : [...new Set(texts)];
  }
}

/** What an expression is in one job of a matrix, as far as its values and `format` tell. */
function textOf(expression: Expr, job: Combination): string | undefined {
  if (expression instanceof Literal) return expression.literal.coerceString();
  if ("functionName" in expression) {
    // The parser makes calls of no other class.
    const call = expression as FunctionCall;
    const [template, ...values] = call.args.map((arg) => textOf(arg, job));
    if (functionOf(call) !== "format" || template === undefined || values.includes(undefined)) return undefined;
    return template.replace(/\{(\d+)\}/g, (_, at) => values[Number(at)] ?? "");
  }
  const [context, ...keys] = (pathOf(expression) ?? "").split(".");
  if (context !== "matrix") return undefined;
  const value = keys.reduce<unknown>((object, key) => valueAt(object, key), job);
  return value === undefined || typeof value === "object" ? undefined : String(value);
}

/** Keys of contexts are compared without case. */
function valueAt(object: unknown, key: string): unknown {
  return Object.entries(Object(object)).find(([name]) => name.toLowerCase() === key)?.[1];
}
