import { expect, test } from "@jest/globals";
import { faultList } from "./fault-list.ts";

const PAGE = "| | what | promise | by |\n| --- | --- | --- | --- |\n| F01 | no host | tried again |  |\n";

test("names the tests that show a row, but not other sources that cite it", () => {
  const cited = new Map([
    ["F01", new Set(["packages/http/src/b.test.ts", "actions/a/src/a.test.ts", "packages/http/src/b.ts"])],
  ]);
  const page = faultList(PAGE, cited);
  expect(page).toContain(
    "| F01 | no host | tried again | [a](../actions/a/src/a.test.ts), [b](../packages/http/src/b.test.ts) |",
  );
  expect(faultList(page, cited)).toBe(page);
});

test("refuses a number without a row, and a row without a test", () => {
  expect(() => faultList(PAGE, new Map([["F02", new Set(["x.test.ts"])]]))).toThrow("no row F02, cited in x.test.ts");
  expect(() => faultList(PAGE, new Map([["F01", new Set(["x.ts"])]]))).toThrow("no test shows F01 (no host)");
});
