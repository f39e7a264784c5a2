import { describe, expect, test } from "@jest/globals";
import { parseJson } from "./parse.ts";

const options = { source: "index.json", maxBytes: 2_000_000, strict: true };

describe("parseJson, strict", () => {
  test.each([
    '{"a":{"a":[{"a":"a"},{"a":"a:"}]},"b":"\\"a\\":","c":"{\\"x\\":1"}',
    '{"a" : 1, "b" :{"a"\n:2}, "constructor": 3, "":4}',
    `${"[".repeat(64)}${"]".repeat(64)}`,
  ])("reads %s", (json) => {
    expect(parseJson(json, options)).toEqual(JSON.parse(json));
  });

  test.each([
    ["a string of many megabytes", `{"a":"${"x".repeat(20_000_000)}"}`],
    ["a string of many escapes", `{"a":"${"\\n".repeat(5_000_000)}"}`],
    ["white space of many megabytes", `{"a":1}${" ".repeat(20_000_000)}`],
  ])("reads %s", (_name, json) => {
    expect(Object.keys(Object(parseJson(json, { ...options, maxBytes: 50_000_000 })))).toEqual(["a"]);
  });

  test.each<[id: string, what: string, json: string | Uint8Array, message: string]>([
    ["B57", "a repeated key", '{"a":1,"b":{},"a":2}', 'has the key "a" twice'],
    ["B57", "a repeated key in a nested object", '[{"x":[{"a":1,"a":1}]}]', 'has the key "a" twice'],
    ["B57", "a repeated key in two spellings", '{"a":1,"\\u0061":2}', 'has the key "a" twice'],
    ["B57", "a repeated key with a quote", '{"\\"":1,"\\u0022":2}', "twice in one object"],
    ["B58", "the key `__proto__`", '{"__proto__":{"a":1}}', 'a key named "__proto__"'],
    ["B58", "the key `__proto__` escaped", '{"\\u005f_proto__":{}}', 'a key named "__proto__"'],
    ["B59", "a byte order mark", '\uFEFF{"a":1}', "begins with a byte order mark"],
    ["B59", "a byte order mark in bytes", new TextEncoder().encode("\uFEFF{}"), "byte order mark"],
    ["B60", "65 levels", `${"[".repeat(65)}${"]".repeat(65)}`, "deeper than 64 levels"],
    ["B60", "100,000 levels", `${"[".repeat(100_000)}${"]".repeat(100_000)}`, "deeper than 64 levels"],
    ["B60", "100,000 levels that never close", "[".repeat(100_000), "is not JSON"],
    ["B60", "100,000 objects", `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`, "deeper than 64 levels"],
    ["B61", "more than its limit", `"${"x".repeat(3_000_000)}"`, "expected at most 2.00 MB"],
  ])("refuses %s: %s", (_id, _what, json, message) => {
    expect(() => parseJson(json, options)).toThrow(message);
  });
});
