import { describe, expect, test } from "@jest/globals";
import { createPolicy, rulesWithoutFiles } from "./policy.ts";

function judge(ignore: readonly string[], path: string, today = "2026-11-30T12:00:00Z"): [string, string | undefined] {
  const policy = createPolicy({ mode: "strict", strictFor: [], warnFor: [], ignore, today: new Date(today) });
  const { severity, reason } = policy(path);
  return [severity, reason];
}

describe("createPolicy", () => {
  test.each<[string, string[], string, string, string | undefined]>([
    ["a name in any folder", ["*.log"], "a/b.log", "ignored", undefined],
    ["a reason", ["*.log because it has times"], "b.log", "ignored", "it has times"],
    ["a day that has not ended", ["x until 2026-11-30 because of #1"], "x", "ignored", "of #1"],
    ["a day that has ended", ["x until 2026-11-29"], "x", "error", "`x until 2026-11-29` has expired"],
    ["a leap day", ["x until 2028-02-29"], "x", "ignored", undefined],
    ["a rule after an expired one", ["x until 2020-01-01", "x because of #2"], "x", "ignored", "of #2"],
    ["a name with spaces", ['"My App.app/**" until 2027-01-01'], "My App.app/Info", "ignored", undefined],
    ["another file", ["x"], "y", "error", undefined],
  ])("%s", (_name, ignore, path, severity, reason) => {
    expect(judge(ignore, path)).toEqual([severity, reason]);
  });

  test.each([
    "x until 2026-02-30",
    "x until 2026-13-01",
    "x until tomorrow",
    "x until",
    "x until 2026-01-01 or so",
    "a b",
    "a because",
  ])("refuses `%s`", (rule) =>
    expect(() => judge([rule], "x")).toThrow(/expected <glob> \[until YYYY-MM-DD\] \[because <reason>\]/),
  );

  test("reports rules that match no file, since their globs may be mistyped", () => {
    expect(rulesWithoutFiles(["*.logs because it has times", "app"], ["app", "a.log"])).toEqual([
      "*.logs because it has times",
    ]);
  });
});
