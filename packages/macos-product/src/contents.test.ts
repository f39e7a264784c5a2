import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { readContents } from "./contents.ts";
import { openProduct } from "./product.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "contents-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Packs files into a tar.xz; with `MACHO` it is too large to be decoded at once. */
function pack(name: string, files: readonly string[]): string {
  execFileSync("tar", ["-cJf", name, ...files], { cwd: folder });
  return path.join(folder, name);
}

async function contentsOf(file: string): Promise<string[]> {
  const found: string[] = [];
  for await (const content of readContents(await openProduct(file))) found.push(`${content.kind} ${content.path}`);
  return found;
}

const MACHO = Buffer.concat([Buffer.from("cffaedfe0c000001", "hex"), randomBytes(2_000_000)]);

test("reads a large tar.xz after its first bytes were inspected, and then reads it again", async () => {
  writeFileSync(path.join(folder, "tool"), MACHO);
  const file = pack("tool.tar.xz", ["tool"]);
  expect(await contentsOf(file)).toEqual(["binary tool"]);
  expect(await contentsOf(file)).toEqual(["binary tool"]);
});

test("reads an xz file inside another, and the file after it", async () => {
  writeFileSync(path.join(folder, "tool"), MACHO);
  pack("inner.tar.xz", ["tool"]);
  expect(await contentsOf(pack("outer.tar.xz", ["inner.tar.xz", "tool"]))).toEqual([
    "binary inner.tar.xz/tool",
    "binary tool",
  ]);
});

test.each([
  ["tar.bz2", "-cjf"],
  ["tar.xz", "-cJf"],
])("reads a .%s with its member's name, although it could be a single compressed program", async (ending, option) => {
  writeFileSync(path.join(folder, "tool"), MACHO);
  execFileSync("tar", [option, `tool.${ending}`, "tool"], { cwd: folder });
  expect(await contentsOf(path.join(folder, `tool.${ending}`))).toEqual(["binary tool"]);
});

test("reads the programs of a tar with links to outside, and skips gigabytes of zeros", async () => {
  writeFileSync(path.join(folder, "tool"), MACHO);
  symlinkSync("/etc/hosts", path.join(folder, "absolute"));
  symlinkSync("../../outside", path.join(folder, "relative"));
  writeFileSync(path.join(folder, "hole"), "x");
  truncateSync(path.join(folder, "hole"), 2 ** 31);
  for (const format of ["gnu", "pax"]) {
    const name = `${format}.tar`;
    const files = ["absolute", "hole", "relative", "tool"];
    execFileSync("tar", [`--format=${format}`, "--sparse", "-cf", name, ...files], { cwd: folder });
    expect(await contentsOf(path.join(folder, name))).toEqual(["not-opened hole", "binary tool"]);
  }
});
