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

/** Looks for objcopy on an x86-64 host whose Rust toolchain is in the temporary folder. */
const find = (machine: string): Promise<Objcopy> =>
  findObjcopy(machine, {
    env: { PATH: folder },
    host: "x86_64",
    run: () => Promise.resolve({ exitCode: 0, stdout: `${folder}\n`, stderr: "" }),
  });

describe("findObjcopy", () => {
  test.each([
    ["the system's objcopy for the host's own machine", ["objcopy", "llvm-objcopy"], "x86-64", "objcopy"],
    [
      "the cross toolchain's objcopy for another machine",
      ["objcopy", "aarch64-linux-gnu-objcopy"],
      "aarch64",
      "aarch64-linux-gnu-objcopy",
    ],
    ["LLVM's objcopy when there is no other", ["objcopy", "llvm-objcopy"], "aarch64", "llvm-objcopy"],
    ["LLVM's objcopy for a machine without a toolchain prefix", ["llvm-objcopy"], "loongarch", "llvm-objcopy"],
  ])("uses %s", async (_case, programs, machine, expected) => {
    for (const name of programs) writeFileSync(path.join(folder, name), "", { mode: 0o755 });
    expect(await find(machine)).toEqual({ program: expected, libraries: undefined });
  });

  test("uses the objcopy of Rust's toolchain when there is no other", async () => {
    writeFileSync(path.join(folder, "rustc"), "", { mode: 0o755 });
    const bin = path.join(folder, "lib/rustlib/x86_64-unknown-linux-gnu/bin");
    mkdirSync(bin, { recursive: true });
    writeFileSync(path.join(bin, "rust-objcopy"), "", { mode: 0o755 });
    expect(await find("aarch64")).toEqual({
      program: path.join(bin, "rust-objcopy"),
      libraries: path.join(folder, "lib"),
    });
  });

  test("lists the programs that it looked for", async () => {
    for (const name of ["objcopy", "rustc"]) writeFileSync(path.join(folder, name), "", { mode: 0o755 });
    await expect(find("aarch64")).rejects.toThrow(
      "there is no objcopy for aarch64: looked for aarch64-linux-gnu-objcopy, llvm-objcopy, and in Rust's toolchain",
    );
  });
});
