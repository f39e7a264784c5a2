import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { applyEdits } from "./edit.ts";
import { createLocator } from "./locator.ts";
import { decodeText, readText, TextError } from "./read-text.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "text-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("readText", () => {
  test("returns the file unchanged, with byte order mark and carriage returns", () => {
    const file = path.join(folder, "plain");
    writeFileSync(file, "\uFEFFa\r\nü\n");
    expect(readText(file)).toBe("\uFEFFa\r\nü\n");
  });

  test("reports a missing file and a folder in its place", () => {
    expect(() => readText(path.join(folder, "absent"), "absent")).toThrow(/^absent does not exist$/);
    expect(() => readText(folder, "sub")).toThrow(/^sub is a directory, expected a file$/);
  });

  test.each([
    ["a zero byte, as binaries have", Buffer.from("a\nb\0c"), /byte 3 is zero/, 2],
    ["Latin-1", Buffer.from([0x61, 0x0a, 0x0a, 0xfc, 0x0a]), /^bad:3 is not valid UTF-8$/, 3],
    ["a sequence that is truncated at the end", Buffer.from([0x61, 0xe2, 0x82]), /^bad:1 is not valid UTF-8$/, 1],
  ])("refuses %s and names the line", (_name, bytes, message, line) => {
    const failing = (): string => decodeText(bytes, "bad");
    expect(failing).toThrow(message);
    expect(failing).toThrow(expect.objectContaining({ constructor: TextError, location: { file: "bad", line } }));
  });
});

describe("createLocator", () => {
  test.each([
    [0, 1, 1],
    [2, 1, 3],
    [3, 2, 1],
    [4, 3, 1],
    [6, 3, 3],
  ])("places offset %d on line %d, column %d", (offset, line, column) => {
    expect(createLocator("ab\n\ncd", "f")(offset)).toEqual({ file: "f", line, column });
  });
});

describe("applyEdits", () => {
  test("replaces, inserts and deletes in one pass, in any order", () => {
    const edits = [
      { start: 4, end: 5, text: "" },
      { start: 0, end: 1, text: "long" },
      { start: 2, end: 2, text: "+" },
    ];
    expect(applyEdits("abcdef", edits)).toBe("longb+cdf");
  });

  test("applies the same edit once, and refuses two conflicting ones", () => {
    const edit = { start: 1, end: 2, text: "x" };
    expect(applyEdits("abc", [edit, { ...edit }])).toBe("axc");
    expect(() => applyEdits("abc", [edit, { ...edit, text: "y" }])).toThrow(RangeError);
  });
});
