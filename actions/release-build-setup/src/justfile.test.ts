import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { chooseNotice } from "./justfile.ts";

const root = mkdtempSync(path.join(tmpdir(), "just-"));
afterAll(() => rmSync(root, { recursive: true }));

function chosen(files: Readonly<Record<string, string>>, given?: string): string | undefined {
  const folder = mkdtempSync(path.join(root, "x-"));
  mkdirSync(path.join(folder, ".git"));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  mkdirSync(path.join(folder, "sub"));
  return chooseNotice(given, path.join(folder, "sub"));
}

describe("the notice", () => {
  test.each<[string, Readonly<Record<string, string>>, string | undefined]>([
    ["is written by the recipe", { justfile: "build:\n  x\n\nnotice-file: build\n  y\n" }, "just notice-file"],
    ["is written by a recipe with a parameter", { Justfile: "@notice-file out='NOTICE':\n  y\n" }, "just notice-file"],
    [
      "is written by an imported recipe",
      { justfile: "import 'a.just'\n", "a.just": "notice-file:\n  y\n" },
      "just notice-file",
    ],
    ["is not written without the recipe", { justfile: "notice-files:\n  x\nnotice-file := 'NOTICE'\n" }, undefined],
    ["is not written without a justfile", {}, undefined],
  ])("%s", (_name, files, expected) => {
    expect(chosen(files)).toBe(expected);
  });

  test("is written or not as the input says", () => {
    expect(chosen({}, "make notice")).toBe("make notice");
    expect(chosen({ justfile: "notice-file:\n  y\n" }, "none")).toBeUndefined();
  });
});
