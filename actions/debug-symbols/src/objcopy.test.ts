import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { findObjcopy } from "./objcopy.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "objcopy-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("findObjcopy", () => {
  test.each([
    ["the system's own for its own machine", ["objcopy", "llvm-objcopy"], "x86-64", "objcopy"],
    [
      "the cross toolchain's for another",
      ["objcopy", "aarch64-linux-gnu-objcopy"],
      "aarch64",
      "aarch64-linux-gnu-objcopy",
    ],
    ["LLVM's where there is no other", ["objcopy", "llvm-objcopy"], "aarch64", "llvm-objcopy"],
    ["LLVM's for a machine without a prefix", ["llvm-objcopy"], "loongarch", "llvm-objcopy"],
  ])("takes %s", (_case, programs, machine, expected) => {
    for (const name of programs) writeFileSync(path.join(folder, name), "", { mode: 0o755 });
    expect(findObjcopy(machine, folder, "x86_64")).toBe(expected);
  });

  test("says what it looked for", () => {
    writeFileSync(path.join(folder, "objcopy"), "", { mode: 0o755 });
    expect(() => findObjcopy("aarch64", folder, "x86_64")).toThrow(
      "there is no objcopy for aarch64 on the PATH: looked for aarch64-linux-gnu-objcopy, llvm-objcopy",
    );
  });
});
