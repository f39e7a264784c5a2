import type { TestExpression, Word } from "unbash";
import { CannotTell } from "../choices.ts";
import { known } from "./control.ts";
import { extendedExpression, shellPattern } from "./glob.ts";

/** Evaluates `[[ ... ]]`, in which the right sides of comparisons are patterns. */
export function testExpression(expression: TestExpression, text: (word: Word) => string): boolean {
  switch (expression.type) {
    case "TestLogical":
      return expression.operator === "&&"
        ? expression.operands.every((operand) => testExpression(operand, text))
        : expression.operands.some((operand) => testExpression(operand, text));
    case "TestNot":
      return testExpression(expression.operand, text) === (expression.negations.length % 2 === 0);
    case "TestGroup":
      return testExpression(expression.expression, text);
    case "TestUnary":
      return unaryTest(expression.operator, text(expression.operand));
    case "TestBinary": {
      const { operator, left, right } = expression;
      if (operator === "=~") return extendedExpression(known(text(right))).test(known(text(left)));
      if (operator === "=" || operator === "==" || operator === "!=")
        return shellPattern(known(text(right))).test(known(text(left))) === (operator !== "!=");
      return binaryTest(text(left), operator, text(right));
    }
  }
}

/** Evaluates `test ...` and `[ ... ]`, with `!`, `-a`, `-o` and parentheses. */
export function testArguments(args: readonly string[]): boolean {
  const [first = "", second = "", third = ""] = args;
  if (args.length === 0) return false;
  if (args.length === 1) return known(first) !== "";
  if (args.length === 3 && isBinary(second)) return binaryTest(first, second, third);
  const or = args.indexOf("-o");
  if (or > 0) return testArguments(args.slice(0, or)) || testArguments(args.slice(or + 1));
  const and = args.indexOf("-a");
  if (and > 0) return testArguments(args.slice(0, and)) && testArguments(args.slice(and + 1));
  if (first === "!") return !testArguments(args.slice(1));
  if (first === "(" && args.at(-1) === ")") return testArguments(args.slice(1, -1));
  if (args.length === 2) return unaryTest(first, second);
  throw new CannotTell(`\`test ${args.join(" ")}\``);
}

function unaryTest(operator: string, value: string): boolean {
  if (operator === "-z") return known(value) === "";
  if (operator === "-n") return known(value) !== "";
  throw new CannotTell(`whether \`${operator} ${value}\` holds`);
}

const TEXT_TESTS: Readonly<Record<string, (a: string, b: string) => boolean>> = {
  "=": (a, b) => a === b,
  "==": (a, b) => a === b,
  "!=": (a, b) => a !== b,
  "<": (a, b) => a < b,
  ">": (a, b) => a > b,
};

const NUMBER_TESTS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  "-eq": (a, b) => a === b,
  "-ne": (a, b) => a !== b,
  "-lt": (a, b) => a < b,
  "-le": (a, b) => a <= b,
  "-gt": (a, b) => a > b,
  "-ge": (a, b) => a >= b,
};

function isBinary(operator: string): boolean {
  return Object.hasOwn(TEXT_TESTS, operator) || Object.hasOwn(NUMBER_TESTS, operator);
}

function binaryTest(left: string, operator: string, right: string): boolean {
  const [a, b] = [known(left), known(right)];
  if (TEXT_TESTS[operator] !== undefined) return TEXT_TESTS[operator](a, b);
  const [x, y] = [Number(a), Number(b)];
  if (Number.isNaN(x) || Number.isNaN(y)) throw new CannotTell(`\`${left} ${operator} ${right}\``);
  if (NUMBER_TESTS[operator] === undefined) throw new CannotTell(`the test ${operator}`);
  return NUMBER_TESTS[operator](x, y);
}
