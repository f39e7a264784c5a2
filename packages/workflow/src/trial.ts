import { Evaluator, type Expr } from "@actions/expressions";
import type { ContextAccess, FunctionCall, IndexAccess } from "@actions/expressions/ast";
import {
  BooleanData,
  Dictionary,
  type ExpressionData,
  Null,
  NumberData,
  StringData,
} from "@actions/expressions/data/index";
import type { FunctionDefinition } from "@actions/expressions/funcs/info";
import { truthy } from "@actions/expressions/result";
import { functionOf, isOpenFunction, parseExpression, pathOf, STATUS_FUNCTIONS, termsOf, type Value } from "./terms.ts";

/** How the jobs before this one ended, which is what the status functions ask; no function asks for skipped ones. */
export type Status = "success" | "failure" | "cancelled" | "skipped";

/** What is known when a condition is tried. */
export interface Knowledge {
  /** The values a term such as `github.ref` can take; undefined where only a run knows. */
  values(path: string): readonly Value[] | undefined;
  readonly statuses: readonly Status[];
}

/** Whether a condition can come out true, and whether it can come out false. */
export interface Outcomes {
  readonly canHold: boolean;
  readonly canFail: boolean;
}

const ANYTHING: Outcomes = { canHold: true, canFail: true };
const MAX_TRIALS = 20_000;

/** Whether a condition asks for the status itself; where none does, `success()` is implied. */
export function asksForStatus(condition: string): boolean {
  const { functions } = termsOf(parseExpression(condition));
  return STATUS_FUNCTIONS.some((name) => functions.has(name));
}

/**
 * Tries a condition with GitHub's own evaluator, once for every combination of what its terms can be.
 * A term that only a run knows is tried with each value it is compared with and with one that is none
 * of these.
 *
 * @throws ExpressionFault when it is no expression.
 */
export function tryCondition(condition: string, knowledge: Knowledge): Outcomes {
  const expression = parseExpression(condition);
  const terms = [...termsOf(expression).paths];
  const candidates = terms.map(([path, related]) => knowledge.values(path) ?? guesses(related));
  const trials = candidates.reduce((product, { length }) => product * length, knowledge.statuses.length);
  // Too many to try: nothing is claimed about it.
  if (trials > MAX_TRIALS) return ANYTHING;
  let [canHold, canFail, wasTried] = [false, false, false];
  for (const values of combinations(candidates)) {
    const assignment = new Map(terms.map(([path], index) => [path, values[index] ?? null]));
    for (const status of knowledge.statuses) {
      const holds = tryOnce(expression, assignment, status);
      wasTried ||= holds !== undefined;
      canHold ||= holds === true;
      canFail ||= holds === false;
    }
    if (canHold && canFail) break;
  }
  return wasTried ? { canHold, canFail } : ANYTHING;
}

/** What to try for a term that only a run knows. */
function guesses(related: ReadonlySet<Value>): Value[] {
  const others = [...related].flatMap((value): Value[] =>
    typeof value === "number" ? [value - 1, value + 1] : [`${value}x`],
  );
  return [...new Set<Value>([...related, ...others, "", "something else"])];
}

/** Undefined when the evaluation fails, as that of `fromJSON` does on a text that is no JSON. */
function tryOnce(expression: Expr, assignment: ReadonlyMap<string, Value>, status: Status): boolean | undefined {
  try {
    return truthy(new Trial(expression, assignment, status).evaluate());
  } catch {
    return undefined; // This combination stops the run; others may not.
  }
}

/** GitHub's evaluator, in which the terms of a condition are looked up among the values under trial. */
class Trial extends Evaluator {
  readonly #assignment: ReadonlyMap<string, Value>;

  constructor(expression: Expr, assignment: ReadonlyMap<string, Value>, status: Status) {
    super(expression, new Dictionary(), statusFunctions(status));
    this.#assignment = assignment;
  }

  override visitContextAccess(access: ContextAccess): ExpressionData {
    return toData(this.#assignment.get(pathOf(access)));
  }

  override visitIndexAccess(access: IndexAccess): ExpressionData {
    return toData(this.#assignment.get(pathOf(access)));
  }

  override visitFunctionCall(call: FunctionCall): ExpressionData {
    const term = `${functionOf(call)}()`;
    const isTerm = isOpenFunction(functionOf(call)) && this.#assignment.has(term);
    return isTerm ? toData(this.#assignment.get(term)) : super.visitFunctionCall(call);
  }
}

function statusFunctions(status: Status): Map<string, FunctionDefinition> {
  const answer = (name: string): boolean => name === "always" || name === status;
  return new Map(
    STATUS_FUNCTIONS.map((name) => [
      name,
      { name, minArgs: 0, maxArgs: 255, call: () => new BooleanData(answer(name)) },
    ]),
  );
}

function toData(value: Value | undefined): ExpressionData {
  if (typeof value === "string") return new StringData(value);
  if (typeof value === "number") return new NumberData(value);
  return typeof value === "boolean" ? new BooleanData(value) : new Null();
}

/** The cartesian product, one combination after the other. */
function* combinations(candidates: readonly (readonly Value[])[]): Generator<readonly Value[]> {
  const [first, ...rest] = candidates;
  if (first === undefined) {
    yield [];
    return;
  }
  for (const value of first) for (const tail of combinations(rest)) yield [value, ...tail];
}
