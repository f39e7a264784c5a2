import { type Expr, Lexer, Parser } from "@actions/expressions";
import {
  Binary,
  ContextAccess,
  FunctionCall,
  Grouping,
  IndexAccess,
  Literal,
  Logical,
  Star,
  Unary,
} from "@actions/expressions/ast";
import { Fault } from "@release-actions/report";

/** Thrown for an expression that GitHub cannot evaluate. */
export class ExpressionFault extends Fault {
  override readonly name = "ExpressionFault";
}

/** The status functions of conditions (docs: "Evaluate expressions", status check functions). */
export const STATUS_FUNCTIONS: readonly string[] = ["success", "failure", "cancelled", "always"];

/** The contexts of GitHub's expressions (docs: "Contexts reference"). GitHub's parser checks which of them are allowed where. */
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

/** Parses an expression. @throws ExpressionFault when GitHub's parser refuses the text */
export function parseExpression(text: string): Expr {
  try {
    const extra = [...STATUS_FUNCTIONS, "hashfiles"].map((name) => ({ name, minArgs: 0, maxArgs: 255 }));
    return new Parser(new Lexer(text).lex().tokens, CONTEXTS, extra).parse();
  } catch (cause) {
    throw new ExpressionFault(`GitHub cannot evaluate the expression "${text}"`, { cause });
  }
}

/** The direct parts of an expression. */
export function partsOf(expression: Expr): readonly Expr[] {
  if (expression instanceof Unary) return [expression.expr];
  if (expression instanceof Grouping) return [expression.group];
  if (expression instanceof Binary) return [expression.left, expression.right];
  if (expression instanceof Logical || expression instanceof FunctionCall) return expression.args;
  if (expression instanceof IndexAccess) return [expression.expr, expression.index];
  return [];
}

/** The names of all functions in an expression, in lower case. */
export function functionsIn(expression: Expr): string[] {
  const own = expression instanceof FunctionCall ? [functionOf(expression)] : [];
  return [...own, ...partsOf(expression).flatMap(functionsIn)];
}

/** The path that an access reads, with `[]` for an index that is known only in a run. Undefined for other expressions. */
export function pathOf(expression: Expr): string | undefined {
  if (expression instanceof ContextAccess) return expression.name.lexeme.toLowerCase();
  if (!(expression instanceof IndexAccess)) return undefined;
  const base = pathOf(expression.expr);
  if (base === undefined) return undefined;
  const { index } = expression;
  if (index instanceof Star) return `${base}.*`;
  return `${base}.${index instanceof Literal ? index.literal.coerceString().toLowerCase() : "[]"}`;
}

/** The name of a function in lower case, since GitHub ignores its case. */
export function functionOf(call: FunctionCall): string {
  return call.functionName.lexeme.toLowerCase();
}
