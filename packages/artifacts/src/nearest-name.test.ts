import { expect, test } from "@jest/globals";
import { nearestName } from "./nearest-name.ts";

test.each([
  ["restate.tar", ["logs", "restate-tar"], "restate-tar"],
  ["restate.tar", ["Restate.tar", "restate.tgz"], "Restate.tar"],
  ["image", ["logs", "coverage"], undefined],
  ["image", [], undefined],
  ["", ["a"], "a"],
])("the name nearest to %j among %j is %j", (wanted, names, nearest) => {
  expect(nearestName(wanted, names)).toBe(nearest);
});
