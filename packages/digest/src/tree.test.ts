import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "@jest/globals";
import { byCodeUnit, listTree, readEntry } from "./tree.ts";

test("names are sorted by code unit, whatever the language", () => {
  const sorted = ["", "B", "a", "a.b", "a/b", "ab", "ä"];
  expect(sorted.toReversed().sort(byCodeUnit)).toEqual(sorted);
  expect([byCodeUnit("a", "b"), byCodeUnit("b", "a"), byCodeUnit("a", "a")]).toEqual([-1, 1, 0]);
});

test("a name with the character that stands for bytes that are not UTF-8 is a name", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "tree-"));
  try {
    writeFileSync(path.join(folder, "a\uFFFD"), "x");
    expect(listTree(folder)).toMatchObject([{ kind: "file", path: "a\uFFFD" }]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a single file or link is read as its folder has it, and all bits of its mode", () => {
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
