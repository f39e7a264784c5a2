import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { findProgram } from "./find-program.ts";

let root = "";
beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), "path-"));
  for (const [folder, mode] of [
    ["plain", 0o644],
    ["first", 0o755],
    ["second", 0o755],
  ] as const) {
    mkdirSync(path.join(root, folder));
    writeFileSync(path.join(root, folder, "tool"), "#!/bin/sh\n", { mode });
  }
});
afterAll(() => rmSync(root, { recursive: true }));

describe("findProgram", () => {
  const at = (...folders: string[]): string => folders.map((folder) => path.join(root, folder)).join(":");

  test.each([
    ["the first of two programs", () => at("first", "second"), "first/tool"],
    ["a program after a file that is not executable", () => at("plain", "second"), "second/tool"],
    ["a program after a missing folder", () => at("gone", "first"), "first/tool"],
    ["nothing in a relative folder", () => path.relative(process.cwd(), at("first")), undefined],
    ["nothing on an empty PATH", () => "", undefined],
  ])("finds %s", (_name, searchPath, found) => {
    expect(findProgram("tool", searchPath())).toBe(found && path.join(root, found));
  });

  test("finds nothing without a PATH", () => {
    expect(findProgram("tool", undefined)).toBeUndefined();
  });
});
