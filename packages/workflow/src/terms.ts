import { type data, type Expr, Lexer, Parser } from "@actions/expressions";
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
import { Fault } from "@release-actions/report";

/** A value that a term of a condition can take. */
export type Value = string | number | boolean | null;

/** What a condition reads: its terms, by path in lower case (`github.ref`), and what each is compared with. */
export interface Terms {
  readonly paths: ReadonlyMap<string, ReadonlySet<Value>>;
  /** The functions it calls, in lower case. */
  readonly functions: ReadonlySet<string>;
}

export class ExpressionFault extends Fault {
  override readonly name = "ExpressionFault";
}

export const STATUS_FUNCTIONS: readonly string[] = ["success", "failure", "cancelled", "always"];

/** Functions whose result only a run knows; their result is a term like any other. */
const OPEN_FUNCTIONS: readonly string[] = ["hashfiles", "fromjson"];

/** What GitHub offers to conditions (docs: "Contexts reference"); which of them where, its parser checks. */
const CONTEXTS = [
  "github",
  "needs",
  "vars",
  "inputs",
  "env",
  "job",
  "jobs",
  "steps",
  "runner",
  "secrets",
  "strategy",
  "matrix",
];

/** Two terms that are compared with each other take this one, and one of their own each. */
export const SHARED_VALUE = "a value of the run";

/** @throws ExpressionFault when the text is no expression of GitHub's language. */
export function parseExpression(text: string): Expr {
  try {
    const extra = [...STATUS_FUNCTIONS, "hashfiles"].map((name) => ({ name, minArgs: 0, maxArgs: 255 }));
    return new Parser(new Lexer(text).lex().tokens, CONTEXTS, extra).parse();
  } catch (cause) {
    throw new ExpressionFault(`"${text}" is no expression that GitHub can evaluate`, { cause });
  }
}

export function termsOf(expression: Expr): Terms {
  const collector = new Collector();
  expression.accept(collector);
  return collector;
}

/** The path that an access names; an index that only a run knows is a `[]` in it. */
export function pathOf(expression: Expr): string {
  if (expression instanceof IndexAccess) {
    const { index } = expression;
    if (index instanceof Star) return `${pathOf(expression.expr)}.*`;
    const key = index instanceof Literal ? index.literal.coerceString().toLowerCase() : "[]";
    return `${pathOf(expression.expr)}.${key}`;
  }
  if ("name" in expression) return nameOf(expression as ContextAccess);
  if ("functionName" in expression) return `${functionOf(expression as FunctionCall)}()`;
  return "()";
}

export function functionOf(call: FunctionCall): string {
  return call.functionName.lexeme.toLowerCase();
}

export function isOpenFunction(name: string): boolean {
  return OPEN_FUNCTIONS.includes(name);
}

function nameOf(access: ContextAccess): string {
  return access.name.lexeme.toLowerCase();
}

/** Walks an expression; each visit returns the terms and literals below, for whoever relates them. */
class Collector implements ExprVisitor<Operand[]>, Terms {
  readonly paths = new Map<string, Set<Value>>();
  readonly functions = new Set<string>();

  visitLiteral({ literal }: Literal): Operand[] {
    return literalValues(literal).map((value) => ({ value }));
  }

  visitContextAccess(access: ContextAccess): Operand[] {
    return this.#term(nameOf(access));
  }

  visitIndexAccess(access: IndexAccess): Operand[] {
    return this.#term(pathOf(access));
  }

  visitUnary({ expr }: Unary): Operand[] {
    expr.accept(this);
    return [];
  }

  visitGrouping({ group }: Grouping): Operand[] {
    return group.accept(this);
  }

  visitLogical({ args }: Logical): Operand[] {
    // The value of `a && 'x'` may be compared with something outside of it.
    return args.flatMap((arg) => arg.accept(this));
  }

  visitBinary({ left, right }: Binary): Operand[] {
    this.#relate([...left.accept(this), ...right.accept(this)]);
    return [];
  }

  visitFunctionCall(call: FunctionCall): Operand[] {
    const name = functionOf(call);
    this.functions.add(name);
    const operands = call.args.flatMap((arg) => arg.accept(this));
    this.#relate(operands);
    const term = isOpenFunction(name) && operands.some((operand) => "path" in operand) ? this.#term(`${name}()`) : [];
    return [...operands, ...term];
  }

  #term(path: string): Operand[] {
    if (!this.paths.has(path)) this.paths.set(path, new Set());
    return [{ path }];
  }

  #relate(operands: readonly Operand[]): void {
    const paths = operands.flatMap((operand) => ("path" in operand ? [operand.path] : []));
    for (const path of paths) {
      const related = this.paths.get(path);
      for (const operand of operands) if ("value" in operand) related?.add(operand.value);
      if (paths.length > 1) related?.add(SHARED_VALUE).add(`only of ${path}`);
    }
  }
}

type Operand = { readonly path: string } | { readonly value: Value };

/** The value of a literal, and of each item where it is the text of a JSON list, as `fromJSON` is given. */
function literalValues(literal: data.ExpressionData): Value[] {
  if (!("value" in literal)) return [null];
  const { value } = literal;
  if (typeof value !== "string" || !value.trim().startsWith("[")) return [value];
  try {
    const items: unknown = JSON.parse(value);
    return Array.isArray(items) ? [value, ...items.filter((item) => typeof item === "string")] : [value];
  } catch {
    return [value]; // A text that only begins like a list.
  }
}
