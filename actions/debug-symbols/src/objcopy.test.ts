import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { findObjcopy, type Objcopy } from "./objcopy.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "objcopy-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** On a machine whose `rustc` has its toolchain in the folder. */
const find = (machine: string): Promise<Objcopy> =>
  findObjcopy(machine, {
    env: { PATH: folder },
    host: "x86_64",
    run: () => Promise.resolve({ exitCode: 0, stdout: `${folder}\n`, stderr: "" }),
  });

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
  ])("takes %s", async (_case, programs, machine, expected) => {
    for (const name of programs) writeFileSync(path.join(folder, name), "", { mode: 0o755 });
    expect(await find(machine)).toEqual({ program: expected, libraries: undefined });
  });

  test("takes the one in Rust's toolchain where there is no other", async () => {
    writeFileSync(path.join(folder, "rustc"), "", { mode: 0o755 });
    const bin = path.join(folder, "lib/rustlib/x86_64-unknown-linux-gnu/bin");
    mkdirSync(bin, { recursive: true });
    writeFileSync(path.join(bin, "rust-objcopy"), "", { mode: 0o755 });
    expect(await find("aarch64")).toEqual({
      program: path.join(bin, "rust-objcopy"),
      libraries: path.join(folder, "lib"),
    });
  });

  test("says what it looked for", async () => {
    for (const name of ["objcopy", "rustc"]) writeFileSync(path.join(folder, name), "", { mode: 0o755 });
    await expect(find("aarch64")).rejects.toThrow(
      "there is no objcopy for aarch64: looked for aarch64-linux-gnu-objcopy, llvm-objcopy, and in Rust's toolchain",
    );
  });
});
