import { describe, expect, test } from "@jest/globals";
import { readPlan } from "@release-actions/dist-plan";
import { makeManifest } from "@release-actions/dist-plan/fixture";
import { parseToml } from "@release-actions/toml";
import { declaredTargets, missingArchives } from "./check-plan.ts";

const CONFIG = `[dist]
targets = [
  "aarch64-apple-darwin",
  "x86_64-pc-windows-msvc",
]
`;

describe("the targets that are declared", () => {
  test("are read with their lines", () => {
    const targets = declaredTargets(parseToml(CONFIG, "dist-workspace.toml"));
    expect(targets.map(({ value, location }) => `${location.line}: ${value}`)).toEqual([
      "3: aarch64-apple-darwin",
      "4: x86_64-pc-windows-msvc",
    ]);
  });

  test.each([
    ["there is no table", ""],
    ["it declares none", "[dist]\n"],
    ["they stand elsewhere", '[package]\ntargets = ["aarch64-apple-darwin"]\n'],
  ])("are none where %s", (_case, text) => {
    expect(declaredTargets(parseToml(text, "dist-workspace.toml"))).toEqual([]);
  });
});

describe("what a plan lacks", () => {
  const targets = declaredTargets(parseToml(CONFIG, "dist-workspace.toml"));
  const plan = readPlan(JSON.stringify(makeManifest({ apps: ["widget", "widget-server"] })));

  test("is told of each app", () => {
    expect(missingArchives(plan, targets).map(({ app, target }) => `${app} ${target.value}`)).toEqual([
      "widget x86_64-pc-windows-msvc",
      "widget-server x86_64-pc-windows-msvc",
    ]);
  });

  test("is nothing when each app has an archive for each target", () => {
    expect(missingArchives(plan, targets.slice(0, 1))).toEqual([]);
  });
});
