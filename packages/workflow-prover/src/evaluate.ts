import { Evaluator, type Expr } from "@actions/expressions";
import { FunctionCall, IndexAccess } from "@actions/expressions/ast";
import { BooleanData, type Dictionary, type ExpressionData } from "@actions/expressions/data/index";
import type { FunctionDefinition } from "@actions/expressions/funcs/info";
import { functionOf, STATUS_FUNCTIONS } from "@release-actions/workflow";
import { CannotTell, DeadEnd } from "./choices.ts";
import { openKeyOf } from "./operand.ts";

/** The contexts and functions that an evaluation needs. */
export interface Surroundings {
  readonly contexts: Dictionary;
  /** The value of a status function such as `success`. */
  status(name: string): boolean;
  /** A value for `fromJSON` of a text that is known only in a run. */
  open(key: string): ExpressionData;
  /** Whether a list that is known only in a run contains the item. */
  openContains(key: string): boolean;
  hashFiles(key: string): ExpressionData;
}

/** Evaluates an expression with GitHub's own evaluator. @throws DeadEnd when the expression would fail the run */
export function evaluate(expression: Expr, surroundings: Surroundings): ExpressionData {
  try {
    return new ScopedEvaluator(expression, surroundings).evaluate();
  } catch (cause) {
    if (cause instanceof CannotTell || cause instanceof DeadEnd) throw cause;
    throw new DeadEnd("GitHub fails on the expression", { cause });
  }
}

class ScopedEvaluator extends Evaluator {
  readonly #surroundings: Surroundings;

  constructor(expression: Expr, surroundings: Surroundings) {
    super(expression, surroundings.contexts, statusFunctions(surroundings));
    this.#surroundings = surroundings;
  }

  override visitIndexAccess(access: IndexAccess): ExpressionData {
    const key = this.#openKey(access, true);
    return key === undefined ? super.visitIndexAccess(access) : this.#surroundings.open(key);
  }

  override visitFunctionCall(call: FunctionCall): ExpressionData {
    const name = functionOf(call);
    if (name === "hashfiles") return this.#surroundings.hashFiles(call.args.map(String).join());
    const [list] = call.args;
    const listKey = name === "contains" && list !== undefined ? this.#openKey(list, true) : undefined;
    if (listKey !== undefined) return new BooleanData(this.#surroundings.openContains(listKey));
    const key = this.#openKey(call, false);
    return key === undefined ? super.visitFunctionCall(call) : this.#surroundings.open(key);
  }

  /** The key for what `fromJSON` gives, if that is known only in a run. */
  #openKey(expression: Expr, isContainer: boolean): string | undefined {
    const key = openKeyOf(expression);
    return key === undefined || this.#isKnown(expression, isContainer) ? undefined : key;
  }

  /** Whether the text that `fromJSON` reads is valid JSON and, if a container is needed, a list or mapping. */
  #isKnown(expression: Expr, isContainer: boolean): boolean {
    let call = expression;
    while (call instanceof IndexAccess) call = call.expr;
    const [argument] = call instanceof FunctionCall ? call.args : [];
    if (argument === undefined) return false;
    try {
      const value: unknown = JSON.parse(this.eval(argument).coerceString());
      return !isContainer || (typeof value === "object" && value !== null);
    } catch (error) {
      if (error instanceof CannotTell || error instanceof DeadEnd) throw error;
      return false; // The values that are tried for a text are rarely valid JSON.
    }
  }
}

function statusFunctions({ status }: Surroundings): Map<string, FunctionDefinition> {
  return new Map(
    STATUS_FUNCTIONS.map((name) => [
      name,
      { name, minArgs: 0, maxArgs: 255, call: () => new BooleanData(status(name)) },
    ]),
  );
}
