import type { ArithmeticExpression } from "unbash";
import { CannotTell } from "../choices.ts";
import type { Variables } from "./variables.ts";

/** Evaluates `$(( ))` and `(( ))`, including assignments. */
export function calculate(expression: ArithmeticExpression | undefined, variables: Variables): number {
  if (expression === undefined) return 0;
  switch (expression.type) {
    case "ArithmeticWord":
      return numberOf(expression.value, variables);
    case "ArithmeticGroup":
      return calculate(expression.expression, variables);
    case "ArithmeticTernary":
      return calculate(expression.test, variables) !== 0
        ? calculate(expression.consequent, variables)
        : calculate(expression.alternate, variables);
    case "ArithmeticUnary":
      return unary(expression.operator, expression.operand, expression.prefix, variables);
    case "ArithmeticBinary":
      return binary(expression.operator, expression.left, expression.right, variables);
    case "ArithmeticCommandExpansion":
      throw new CannotTell(expression.text);
  }
}

function numberOf(text: string, variables: Variables): number {
  const trimmed = text.trim().replace(/^\$\{?(#?[\w?]+)\}?$/, "$1");
  if (/^\d+$/.test(trimmed)) return Number(trimmed);
  // For anything except a name bash reports "syntax error in expression", or applies rules that are not supported here.
  if (!/^(?:[A-Za-z_]\w*|[#?])?$/.test(trimmed)) throw new CannotTell(`the number "${text}"`);
  const value = variables.get(trimmed) ?? "";
  if (value === "") return 0;
  if (/^-?\d+$/.test(value)) return Number(value);
  throw new CannotTell(`the number "${text}"`);
}

function unary(operator: string, operand: ArithmeticExpression, isPrefix: boolean, variables: Variables): number {
  const value = calculate(operand, variables);
  switch (operator) {
    case "!":
      return value === 0 ? 1 : 0;
    case "-":
      return -value;
    case "+":
      return value;
    case "++":
    case "--": {
      const next = operator === "++" ? value + 1 : value - 1;
      if (operand.type === "ArithmeticWord") variables.set(operand.value.trim(), String(next));
      return isPrefix ? next : value;
    }
    default:
      throw new CannotTell(`the operator ${operator}`);
  }
}

const OPERATIONS: Readonly<Record<string, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "==": (a, b) => Number(a === b),
  "!=": (a, b) => Number(a !== b),
  "<": (a, b) => Number(a < b),
  ">": (a, b) => Number(a > b),
  "<=": (a, b) => Number(a <= b),
  ">=": (a, b) => Number(a >= b),
  "|": (a, b) => a | b,
  "&": (a, b) => a & b,
};

function binary(
  operator: string,
  left: ArithmeticExpression,
  right: ArithmeticExpression,
  variables: Variables,
): number {
  // The right side of `&&` and `||` is evaluated only if it decides the result.
  if (operator === "&&" || operator === "||") {
    const isTrue = calculate(left, variables) !== 0;
    if (isTrue === (operator === "||")) return Number(isTrue);
    return Number(calculate(right, variables) !== 0);
  }
  const value = calculate(right, variables);
  const assigned = /^([+*|-]?)=$/.exec(operator)?.[1];
  if (assigned !== undefined && left.type === "ArithmeticWord") {
    const before = assigned === "" ? 0 : calculate(left, variables);
    const next = assigned === "" ? value : (OPERATIONS[assigned]?.(before, value) ?? value);
    variables.set(left.value.trim(), String(next));
    return next;
  }
  const operation = Object.hasOwn(OPERATIONS, operator) ? OPERATIONS[operator] : undefined;
  if (operation === undefined) throw new CannotTell(`the operator ${operator}`);
  return operation(calculate(left, variables), value);
}
