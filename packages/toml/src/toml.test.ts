import { describe, expect, test } from "@jest/globals";
import { applyEdits } from "@release-actions/text";
import fc from "fast-check";
import { formatTomlString, replaceString } from "./edit.ts";
import type { TomlNode } from "./node.ts";
import { parseToml, TomlError } from "./parse.ts";
import { atPath, parsePath, stringsOf } from "./query.ts";

/** Converts a node to plain values for comparison. */
function plain(node: TomlNode): unknown {
  if (node.kind === "array") return node.items.map(plain);
  if (node.kind === "table") return Object.fromEntries([...node.entries].map(([key, value]) => [key, plain(value)]));
  return node.value;
}

describe("parseToml", () => {
  test("reads every notation of a table", () => {
    const text = `a.b = 1\n[c]\nd = { e = "x", f.g = true }\n[c.h]\ni = [1, [2.5]]\n[[bin]]\nname = 'one'\n[bin.sub]\nz = 0\n[[bin]]\nname = 'two'\n`;
    expect(plain(parseToml(text, "f").root)).toEqual({
      a: { b: "1" },
      c: { d: { e: "x", f: { g: "true" } }, h: { i: ["1", ["2.5"]] } },
      bin: [{ name: "one", sub: { z: "0" } }, { name: "two" }],
    });
  });

  test("reads a zero at the end of a file", () => {
    expect(plain(parseToml("a = 0", "f").root)).toEqual({ a: "0" });
  });

  test("keeps keys that are also properties of every object (B58)", () => {
    const { root } = parseToml('[__proto__]\nconstructor = "x"\n', "f");
    expect(atPath(root, ["__proto__", "constructor"])).toMatchObject({ value: "x" });
    expect(atPath(root, ["toString"])).toBeUndefined();
  });

  test("gives the line and column of every value, even with a byte order mark and carriage returns (B106)", () => {
    const { root, text } = parseToml('\uFEFFa = 1\r\n[t]\r\nkey = "v"\r\n', "f.toml");
    const node = atPath(root, ["t", "key"]);
    expect(node?.location).toEqual({ file: "f.toml", line: 3, column: 7 });
    expect(text.slice(node?.start, node?.end)).toBe('"v"');
  });

  test.each([
    ["a duplicate key (B105)", "a = 1\na = 2\n", /^f:2 is not valid TOML/, 2],
    ["a duplicate table (B105)", "[a]\nb = 1\n\n[a]\n", /^f:4 is not valid TOML/, 4],
    ["a value in place of a table", "a = 1\n[a.b]\n", /^f:2 is not valid TOML/, 2],
    ["a missing value", "\n\nb =\n", /^f:\d is not valid TOML/, 4],
    ["an unclosed string", 'a = "x\n', /^f:1 is not valid TOML/, 1],
    [
      "a merge conflict (B109)",
      "a = 1\n<<<<<<< HEAD\nb = 2\n=======\n",
      /^f:2 holds the marker of a merge conflict/,
      2,
    ],
    ["arrays 100,000 deep (B60)", `a = ${"[".repeat(100_000)}`, /^f/, 1],
  ])("refuses %s with the line", (_name, text, message, line) => {
    expect(() => parseToml(text, "f")).toThrow(TomlError);
    expect(() => parseToml(text, "f")).toThrow(message);
    expect(() => parseToml(text, "f")).toThrow(
      expect.objectContaining({ location: expect.objectContaining({ line }) }),
    );
  });
});

describe("paths", () => {
  test.each([
    ["package.version", ["package", "version"]],
    ['target."cfg(unix)".rustflags', ["target", "cfg(unix)", "rustflags"]],
    ["a.'b.c'.0", ["a", "b.c", "0"]],
  ])("splits %s", (text, keys) => {
    expect(parsePath(text)).toEqual(keys);
  });

  test.each([[""], ["a."], [".a"], ["a..b"], ['"open'], ["a b"]])("refuses %j", (text) => {
    expect(parsePath(text)).toBeUndefined();
  });

  test("a key of digits selects an item of an array", () => {
    const { root } = parseToml("[[p]]\nn = 'a'\n[[p]]\nn = 'b'\n", "f");
    expect(atPath(root, ["p", "1", "n"])).toMatchObject({ value: "b" });
    expect(atPath(root, ["p", "x", "n"])).toBeUndefined();
  });

  test("lists the strings of an array with their lines", () => {
    const { root } = parseToml('m = [\n  "a", 1,\n  "b",\n]\n', "f");
    expect(stringsOf(root, "m").map(({ value, location }) => [value, location.line])).toEqual([
      ["a", 2],
      ["b", 3],
    ]);
  });
});

describe("edits", () => {
  test("change only the value, and keep quotes, comments and spacing", () => {
    const document = parseToml("# top\n[toolchain]\nchannel   =  '1.94.0' # why\n", "f");
    const node = atPath(document.root, ["toolchain", "channel"]);
    if (node?.kind !== "string") throw new Error("no string");
    expect(applyEdits(document.text, [replaceString(document, node, "1.95.0")])).toBe(
      "# top\n[toolchain]\nchannel   =  '1.95.0' # why\n",
    );
  });

  test("write any string so that it is read back unchanged", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.constantFrom('"' as const, "'" as const), (value, quote) => {
        const { root } = parseToml(`a = ${formatTomlString(value, quote)}\n`, "f");
        expect(atPath(root, ["a"])).toMatchObject({ value });
      }),
    );
  });
});
