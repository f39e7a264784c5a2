import { expect, test } from "@jest/globals";
import { byCodeUnit } from "./tree.ts";

test("names are sorted by code unit, whatever the language", () => {
  const sorted = ["", "B", "a", "a.b", "a/b", "ab", "ä"];
  expect(sorted.toReversed().sort(byCodeUnit)).toEqual(sorted);
  expect([byCodeUnit("a", "b"), byCodeUnit("b", "a"), byCodeUnit("a", "a")]).toEqual([-1, 1, 0]);
});
