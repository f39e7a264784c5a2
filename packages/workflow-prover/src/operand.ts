import type { Expr } from "@actions/expressions";
import { FunctionCall, IndexAccess, Literal } from "@actions/expressions/ast";
import { functionOf, pathOf } from "@release-actions/workflow";
import type { Meaning, Value, Variable } from "./variable.ts";

/** A value that an expression can have: a constant, or a variable with optional constant text around it. */
export type Shape = { readonly constant: Value } | VariableShape;
export type VariableShape = Extract<Meaning, { kind: "variable" }>;

/** An operand of a comparison: the shapes that it can have, and variables whose influence cannot be expressed as a shape. */
export interface Operand {
  readonly shapes: readonly Shape[];
  readonly opaque: readonly Variable[];
}

/** An operand about which nothing is known, and that depends on no variable. */
export const UNKNOWN: Operand = { shapes: [], opaque: [] };

export function constantOperand(constant: Value): Operand {
  return { shapes: [{ constant }], opaque: [] };
}

/** The key for the value of `fromJSON(x).y`, where `x` is known only in a run; undefined for other expressions. */
export function openKeyOf(expression: Expr): string | undefined {
  if (expression instanceof FunctionCall && functionOf(expression) === "fromjson") {
    const [argument] = expression.args;
    const path = argument === undefined ? undefined : pathOf(argument);
    return path === undefined ? undefined : `fromJSON(${path})`;
  }
  if (!(expression instanceof IndexAccess) || !(expression.index instanceof Literal)) return undefined;
  const base = openKeyOf(expression.expr);
  return base === undefined ? undefined : `${base}.${expression.index.literal.coerceString().toLowerCase()}`;
}

export function openVariable(key: string): Variable {
  return { key, type: { kind: "any" } };
}

/** The operand for a call such as `format('refs/heads/{0}', x)`: `x` with constants around it, if only one part varies. */
export function formatted([template, ...operands]: readonly Operand[]): Operand {
  if (template === undefined) return UNKNOWN;
  const all = [template, ...operands];
  const [shape] = template.shapes;
  if (shape === undefined || !("constant" in shape)) return opaque(all);
  let [prefix, suffix] = ["", ""];
  let inner: VariableShape | undefined;
  for (const [part] of textOf(shape.constant).matchAll(/\{\{|\}\}|\{\d+\}|[^{}]+/g)) {
    const index = /^\{(\d+)\}$/.exec(part)?.[1];
    const operand = index === undefined ? undefined : operands[Number(index)];
    if (operand !== undefined && (operand.shapes.length !== 1 || operand.opaque.length > 0)) return opaque(all);
    const value = operand?.shapes[0];
    if (value !== undefined && !("constant" in value)) {
      if (inner !== undefined || value.half !== undefined) return opaque(all);
      inner = value;
      prefix += value.prefix ?? "";
      suffix = value.suffix ?? "";
      continue;
    }
    const text = value === undefined ? part.replace(/^([{}])\1$/, "$1") : textOf(value.constant);
    if (inner === undefined) prefix += text;
    else suffix += text;
  }
  return { shapes: [inner === undefined ? { constant: prefix } : { ...inner, prefix, suffix }], opaque: [] };
}

export function opaque(operands: readonly Operand[]): Operand {
  const all = merge(operands);
  const inside = all.shapes.flatMap((shape) => ("constant" in shape ? [] : [shape.variable]));
  return { shapes: [], opaque: [...inside, ...all.opaque] };
}

export function merge(operands: readonly Operand[]): Operand {
  return {
    shapes: operands.flatMap(({ shapes }) => shapes),
    opaque: operands.flatMap((operand) => operand.opaque),
  };
}

/** The items of `fromJSON('["a", "b"]')`. */
export function constantItems(expression: Expr): Value[] | undefined {
  if (!(expression instanceof FunctionCall) || functionOf(expression) !== "fromjson") return undefined;
  const [text] = expression.args;
  if (!(text instanceof Literal)) return undefined;
  try {
    const items: unknown = JSON.parse(text.literal.coerceString());
    return Array.isArray(items) ? items.filter((item) => item === null || typeof item !== "object") : undefined;
  } catch {
    return undefined; // The text is not valid JSON, so GitHub fails when it evaluates the condition.
  }
}

export function literalOf({ literal }: Literal): Value {
  return "value" in literal && literal.primitive ? literal.value : null;
}

/** Converts a value to a string, as GitHub does. */
export function textOf(value: Value): string {
  return value === null ? "" : String(value);
}
