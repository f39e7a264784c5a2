import { describe, expect, test } from "@jest/globals";
import { compareJson } from "./explain-json.ts";
import { BUILT_LEFT, BUILT_RIGHT, causesOf, explain, like } from "./testing/explain.ts";

const compare = async (left: unknown, right: unknown) => await causesOf(JSON.stringify(left), JSON.stringify(right));

describe("JSON", () => {
  test("reports values by their paths in jq's notation", async () => {
    const left = { a: [{ b: "x" }, 1], "odd key": true, _c1: null, same: 1 };
    const right = { a: [{ b: "y" }, 2, 3], "odd key": false, _c1: {}, same: 1 };
    expect(await compare(left, right)).toEqual([
      ["embedded-text", ".a[0].b", "x", "y"],
      ["embedded-text", ".a[1]", "1", "2"],
      ["embedded-text", ".a[2]", "absent", "3"],
      ["embedded-text", '["odd key"]', "true", "false"],
      ["embedded-text", "._c1", "null", "{}"],
    ]);
  });

  test("reports the whole document when the types differ", async () => {
    expect(await compare([1], { a: 1 })).toEqual([["embedded-text", ".", "[1]", '{"a":1}']]);
  });

  test("reports keys on one side only", async () => {
    expect(await compare({ a: 1, b: { c: "d" } }, { a: 1, e: 2 })).toEqual([
      ["embedded-text", ".b", '{"c":"d"}', "absent"],
      ["embedded-text", ".e", "absent", "2"],
    ]);
    // A name that every object inherits is not a key.
    expect(await compare({ a: 1, toString: "x" }, { a: 1 })).toEqual([["embedded-text", ".toString", '"x"', "absent"]]);
  });

  test("reports a path and a time", async () => {
    expect(
      await compare(
        { root: "/home/one/src/a", at: "2025-11-18T10:00:00Z" },
        { root: "/home/two/src/a", at: "2025-11-19T10:00:00Z" },
      ),
    ).toEqual([
      ["build-path", ".root", "/home/one", "/home/two"],
      ["timestamp", ".at", "2025-11-18T10:00:00Z", "2025-11-19T10:00:00Z"],
    ]);
  });

  test("reports numbers within the builds' times, in seconds or milliseconds, as times", async () => {
    expect(await compare({ at: BUILT_LEFT }, { at: BUILT_RIGHT })).toEqual([
      ["timestamp", ".at", String(BUILT_LEFT), String(BUILT_RIGHT)],
    ]);
    expect(await compare({ at: BUILT_LEFT * 1000 }, { at: BUILT_RIGHT * 1000 })).toEqual([like("timestamp", ".at")]);
    for (const [left, right] of [
      [5, 6],
      [BUILT_LEFT, 6],
      [5, BUILT_RIGHT],
      [BUILT_RIGHT, BUILT_LEFT],
    ])
      expect(await compare({ at: left }, { at: right })).toEqual([
        ["embedded-text", ".at", String(left), String(right)],
      ]);
    expect(await compare({ at: BUILT_LEFT }, { at: "x" })).toEqual([
      ["embedded-text", ".at", String(BUILT_LEFT), '"x"'],
    ]);
  });

  test("does not report a number in the future as a time", async () => {
    const soon = Date.UTC(2031, 0, 1) / 1000;
    const windows = { now: Date.UTC(2026, 0, 1), left: { from: 0, to: soon * 2000 }, right: { from: 0, to: 0 } };
    const files = [`{"at": ${soon * 3}}`, `{"at": 0}`] as const;
    expect(await causesOf(...files, windows)).toEqual([like("embedded-text", ".at")]);
  });

  test("reports keys in a different order", async () => {
    const left = { b: 1, a: { d: 1, c: 2 } };
    expect(await compare(left, { a: { c: 2, d: 1 }, b: 1 })).toEqual([
      ["text-order", "keys of JSON objects", "b, a", "a, b"],
    ]);
    expect((await explain('{"a":1,"b":2}', '{"b":2,"a":1}')).causes).toMatchObject([
      { remedy: "Sort the keys before writing." },
    ]);
    expect(await compare([{ b: 1, a: 1 }], [{ a: 1, b: 1 }])).toEqual([
      ["text-order", "keys of JSON objects", "b, a", "a, b"],
    ]);
    expect(await compare([[{ b: 1, a: 1 }]], [[{ a: 1, b: 1 }]])).toEqual([
      ["text-order", "keys of JSON objects", '[[{"b":1,"a":1}]]', '[[{"a":1,"b":1}]]'],
    ]);
    const many = Object.fromEntries("abcdefghij".split("").map((key) => [key, 1]));
    expect(await compare({ z: 1, ...many }, { ...many, z: 1 })).toEqual([
      ["text-order", "keys of JSON objects", "z, a, b, c, d, e, f, g", "a, b, c, d, e, f, g, h"],
    ]);
  });

  test("reports a difference only in white space", async () => {
    expect(await causesOf('{"a": 1}', '{"a":1}')).toEqual([
      ["archive-format", "white space of JSON", "8 characters", "7 characters"],
    ]);
    expect((await explain('{"a": 1}', '{"a":1}')).causes).toMatchObject([
      { remedy: expect.stringContaining("indentation") },
    ]);
  });

  test("compares lines when one side is not JSON", async () => {
    expect(await causesOf('{"a": 1}\n', '{"a": 2,}\n')).toEqual([["embedded-text", "line 1", '{"a": 1}', '{"a": 2,}']]);
    expect(await causesOf("1\n", "2\n")).toEqual([["embedded-text", "line 1", "1", "2"]]);
    expect(await causesOf('"a[1]"\n', '"a[2]"\n')).toEqual([["embedded-text", "line 1", '"a[1]"', '"a[2]"']]);
    expect(await causesOf("  [1]\n", "\n[2]\n")).toEqual([like("embedded-text", "[0]", "1", "2")]);
  });

  test("shows the lines as an excerpt", async () => {
    expect((await explain('{"a": 1}\n', '{"a": 2}\n')).excerpts[0]?.lines).toEqual([
      ...["@@ line 1 / 1 @@", '-{"a": 1}', '+{"a": 2}'],
    ]);
  });

  test("reports at most 200 places", () => {
    const list = (value: number): number[] => new Array(250).fill(value);
    expect(compareJson(list(1), list(2))).toHaveLength(200);
    expect(compareJson({ a: 1 }, { a: 1 })).toEqual([]);
    expect(compareJson([1], [1, 2])).toEqual([{ path: "[1]", left: undefined, right: 2 }]);
  });
});
