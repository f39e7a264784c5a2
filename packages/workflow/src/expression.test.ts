import type { Expr } from "@actions/expressions";
import { describe, expect, test } from "@jest/globals";
import { functionsIn, parseExpression, partsOf, pathOf } from "./expression.ts";

/** The paths of all values in an expression. The first part of a path is its own beginning; its index may have other paths. */
function pathsIn(expression: Expr, isBeginning = false): string[] {
  const path = pathOf(expression);
  const own = path === undefined || isBeginning ? [] : [path];
  return [...own, ...partsOf(expression).flatMap((part, n) => pathsIn(part, path !== undefined && n === 0))];
}

describe("an expression", () => {
  test.each([
    ["github.event.action == 'x'", ["github.event.action"]],
    ["needs.*.result", ["needs.*.result"]],
    ["Steps['A'].Outputs.b", ["steps.a.outputs.b"]],
    ["matrix[inputs.name].x", ["matrix.[].x", "inputs.name"]],
    ["!(env.A && (vars.B || runner.os))", ["env.a", "vars.b", "runner.os"]],
    ["format('{0}', strategy.job-index)", ["strategy.job-index"]],
    ["job.status != jobs.a.result", ["job.status", "jobs.a.result"]],
    ["fromJSON(inputs.a)[inputs.b].c", ["inputs.a", "inputs.b"]],
    ["'github.ref'", []],
  ])("finds in %s the values %j", (text, paths) => {
    expect(pathsIn(parseExpression(text)).sort()).toEqual([...paths].sort());
  });

  test.each([
    ["success() && !cancelled()", ["success", "cancelled"]],
    ["Always() || Failure()", ["always", "failure"]],
    ["contains(fromJSON('[]'), hashFiles('a', 'b'))", ["contains", "fromjson", "hashfiles"]],
    ["github.ref", []],
  ])("finds in %s calls of the functions %j", (text, functions) => {
    expect(functionsIn(parseExpression(text))).toEqual(functions);
  });

  test("takes as many files for `hashFiles` as GitHub does", () => {
    const call = (count: number) => `hashFiles(${Array.from({ length: count }, () => "'a'").join(", ")})`;
    expect(functionsIn(parseExpression(call(255)))).toEqual(["hashfiles"]);
    expect(() => parseExpression(call(256))).toThrow("GitHub cannot evaluate the expression");
  });

  test.each(["secret.A", "nothing()", "a b"])("refuses %j, which GitHub cannot evaluate", (text) => {
    expect(() => parseExpression(text)).toThrow(`GitHub cannot evaluate the expression "${text}"`);
  });
});
