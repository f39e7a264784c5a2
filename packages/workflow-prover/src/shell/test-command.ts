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
  const [first, second, third] = args;
  if (args.length === 0) return false;
  if (args.length === 1) return known(first ?? "") !== "";
  if (args.length === 3 && second !== undefined && BINARY.test(second))
    return binaryTest(first ?? "", second, third ?? "");
  const or = args.indexOf("-o");
  if (or > 0) return testArguments(args.slice(0, or)) || testArguments(args.slice(or + 1));
  const and = args.indexOf("-a");
  if (and > 0) return testArguments(args.slice(0, and)) && testArguments(args.slice(and + 1));
  if (first === "!") return !testArguments(args.slice(1));
  if (first === "(" && args.at(-1) === ")") return testArguments(args.slice(1, -1));
  if (args.length === 2) return unaryTest(first ?? "", second ?? "");
  throw new CannotTell(`\`test ${args.join(" ")}\``);
}

const BINARY = /^(=|==|!=|-eq|-ne|-lt|-le|-gt|-ge|<|>)$/;

function unaryTest(operator: string, value: string): boolean {
  if (operator === "-z") return known(value) === "";
  if (operator === "-n") return known(value) !== "";
  throw new CannotTell(`whether \`${operator} ${value}\` holds`);
}

function binaryTest(left: string, operator: string, right: string): boolean {
  const [a, b] = [known(left), known(right)];
  switch (operator) {
    case "=":
    case "==":
      return a === b;
    case "!=":
      return a !== b;
    case "<":
      return a < b;
    case ">":
      return a > b;
    default: {
      const [x, y] = [Number(a), Number(b)];
      if (Number.isNaN(x) || Number.isNaN(y)) throw new CannotTell(`\`${left} ${operator} ${right}\``);
      const answers: Readonly<Record<string, boolean>> = {
        "-eq": x === y,
        "-ne": x !== y,
        "-lt": x < y,
        "-le": x <= y,
        "-gt": x > y,
        "-ge": x >= y,
      };
      const answer = answers[operator];
      if (answer === undefined) throw new CannotTell(`the test ${operator}`);
      return answer;
    }
  }
}
