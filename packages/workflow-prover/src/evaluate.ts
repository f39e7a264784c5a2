import { Evaluator, type Expr } from "@actions/expressions";
import { FunctionCall, IndexAccess } from "@actions/expressions/ast";
import { BooleanData, type Dictionary, type ExpressionData } from "@actions/expressions/data/index";
import type { FunctionDefinition } from "@actions/expressions/funcs/info";
import { functionOf } from "@release-actions/workflow";
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
  return guarded(() => new ScopedEvaluator(expression, surroundings).evaluate());
}

class ScopedEvaluator extends Evaluator {
  readonly #surroundings: Surroundings;

  constructor(expression: Expr, surroundings: Surroundings) {
    super(expression, surroundings.contexts, statusFunctions(surroundings));
    this.#surroundings = surroundings;
  }

  override visitIndexAccess(access: IndexAccess): ExpressionData {
    const key = openKeyOf(access);
    if (key === undefined) return super.visitIndexAccess(access);
    return this.#isKnown(access, true) ? super.visitIndexAccess(access) : this.#surroundings.open(key);
  }

  override visitFunctionCall(call: FunctionCall): ExpressionData {
    const name = functionOf(call);
    if (name === "hashfiles") return this.#surroundings.hashFiles(call.args.map(String).join());
    const [list] = call.args;
    const listKey = name === "contains" && list !== undefined ? openKeyOf(list) : undefined;
    if (list !== undefined && listKey !== undefined && !this.#isKnown(list, true))
      return new BooleanData(this.#surroundings.openContains(listKey));
    const key = openKeyOf(call);
    if (key === undefined) return super.visitFunctionCall(call);
    return this.#isKnown(call, false) ? super.visitFunctionCall(call) : this.#surroundings.open(key);
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

function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof CannotTell || cause instanceof DeadEnd) throw cause;
    throw new DeadEnd("GitHub fails on the expression", { cause });
  }
}

const STATUS = ["success", "failure", "cancelled", "always"] as const;

function statusFunctions({ status }: Surroundings): Map<string, FunctionDefinition> {
  return new Map(
    STATUS.map((name) => [name, { name, minArgs: 0, maxArgs: 255, call: () => new BooleanData(status(name)) }]),
  );
}
