import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "@jest/globals";
import { DOCKERD, GITEA, TOOLS } from "./pins.ts";

const root = path.resolve(import.meta.dirname, "../..");
const { customManagers } = JSON.parse(readFileSync(path.join(root, ".github/renovate.json"), "utf8")) as {
  readonly customManagers: readonly {
    readonly matchStrings: readonly string[];
    readonly managerFilePatterns: readonly string[];
  }[];
};

test("the update configuration finds every pinned tool that has a version", () => {
  const text = readFileSync(path.join(root, "scripts/tools/pins.ts"), "utf8");
  const found = customManagers
    .flatMap(({ matchStrings }) => matchStrings)
    .flatMap((pattern) => [...text.matchAll(new RegExp(pattern, "g"))])
    .map(({ groups }) => `${groups?.["depName"]} ${groups?.["currentValue"]}`);
  const pinned = [...TOOLS, DOCKERD, GITEA].flatMap((tool) => {
    if (tool.version === "*") return [];
    return [`${tool.by === "go" ? tool.module.replace(/\/cmd\/[\w-]+$/, "") : tool.name} ${tool.version}`];
  });
  expect(found.sort()).toEqual(pinned.sort());
  for (const { managerFilePatterns } of customManagers) {
    expect(
      managerFilePatterns.map((pattern) => new RegExp(pattern.slice(1, -1)).test("scripts/tools/pins.ts")),
    ).toEqual([true]);
  }
});
