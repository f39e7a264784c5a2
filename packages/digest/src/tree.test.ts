import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "@jest/globals";
import { byCodeUnit, listTree, readEntry } from "./tree.ts";

test("byCodeUnit sorts names independent of the locale", () => {
  const sorted = ["", "B", "a", "a.b", "a/b", "ab", "ä"];
  expect(sorted.toReversed().sort(byCodeUnit)).toEqual(sorted);
  expect([byCodeUnit("a", "b"), byCodeUnit("b", "a"), byCodeUnit("a", "a")]).toEqual([-1, 1, 0]);
});

test("listTree accepts a name that contains `U+FFFD`", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "tree-"));
  try {
    writeFileSync(path.join(folder, "a\uFFFD"), "x");
    expect(listTree(folder)).toMatchObject([{ kind: "file", path: "a\uFFFD" }]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("readEntry returns the same entry as listTree, with all mode bits", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "tree-"));
  try {
    mkdirSync(path.join(folder, "a/b"), { recursive: true });
    writeFileSync(path.join(folder, "a/b/file"), "four");
    chmodSync(path.join(folder, "a/b/file"), 0o4751);
    symlinkSync("file", path.join(folder, "a/b/link"));
    const file = { kind: "file", size: 4, mode: 0o4751 };
    expect(readEntry(path.join(folder, "a/b/file"))).toEqual({ ...file, path: "file" });
    expect(readEntry(path.join(folder, "a/b/link"))).toEqual({ kind: "symlink", path: "link", target: "file" });
    expect(listTree(folder)).toEqual([
      { ...file, path: "a/b/file" },
      { kind: "symlink", path: "a/b/link", target: "file" },
    ]);
    expect(() => readEntry(path.join(folder, "a/absent"))).toThrow(`${folder}/a/absent does not exist`);
    expect(() => readEntry(path.join(folder, "a/b"))).toThrow(`${folder}/a/b is a folder`);
    const asked: string[] = [];
    expect(listTree(folder, (name) => asked.push(name) < 0)).toEqual([]);
    expect(asked).toEqual(expect.arrayContaining(["a/b/file", "a/b/link"]));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
