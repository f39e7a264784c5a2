import { describe, expect, test } from "@jest/globals";
import { runJq } from "./jq.ts";

describe("runJq", () => {
  test.each([
    ['["a", "b"] != ["c", "d"]', "true"],
    ['["a", "b"] != ["a", "c"]', "true"],
    ['["a", "b"] != ["a", "b"]', "false"],
    ['["a"] != []', "true"],
    ['{"a": 1} != {"a": 2}', "true"],
    ['{"a": 1} != {"a": 1}', "false"],
    ['["a", "b"] == ["a", "b"]', "true"],
    ['"a" != "b"', "true"],
  ])("compares as jq does: %s is %s", (program, expected) => {
    expect(runJq(["-n", program], "")).toEqual({ code: 0, output: `${expected}\n` });
  });
});
