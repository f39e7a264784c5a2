import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "@jest/globals";
import { readmeRuns, withoutChance } from "../../scripts/pictures/readme-runs.ts";
import { describeWithEngines } from "../engines.ts";
import { root } from "./repository-files.ts";

const PICTURES = path.join(root, ".github/pictures");
const MINUTES = 60_000;

describeWithEngines("the pictures of the README", ["containerd"], (engine) => {
  let summaries: ReadonlyMap<string, string>;
  beforeAll(async () => {
    summaries = await readmeRuns(engine.host);
  }, 2 * MINUTES);

  test.each(["image", "workspace", "release", "reproducible"])(
    "show the current summaries; `npm run pictures -- --readme` updates them: %s",
    (name) => {
      const pictured = readFileSync(path.join(PICTURES, `${name}.md`), "utf8");
      expect(withoutChance(summaries.get(name) ?? "")).toBe(withoutChance(pictured));
    },
  );

  test("all exist, and the README shows all of them", () => {
    const shown = [...readFileSync(path.join(root, "README.md"), "utf8").matchAll(/pictures\/(\w+)\.png/g)];
    expect(shown.map(([, name]) => name)).toEqual([...summaries.keys()]);
  });
});
