import { describe, expect, test } from "@jest/globals";
import {
  boolean,
  type Decoder,
  integer,
  JsonError,
  listOf,
  literal,
  mapOf,
  object,
  optional,
  string,
  text,
} from "./decoder.ts";
import { decodeJson, parseJson } from "./parse.ts";

const options = { source: "the plan", maxBytes: 1000 };

describe("parseJson", () => {
  test("reads text and UTF-8 bytes, with or without a byte order mark", () => {
    expect(parseJson('{"a":1}', options)).toEqual({ a: 1 });
    expect(parseJson(new TextEncoder().encode('\uFEFF{"a":"é"}'), options)).toEqual({ a: "é" });
  });

  test.each<[name: string, content: string | Uint8Array, message: string]>([
    ["an empty text", " \n", "the plan is empty"],
    ["a text over the limit", `"${"x".repeat(1000)}"`, "the plan is 1.00 kB, expected at most 1.00 kB"],
    ["a page of HTML", "<!DOCTYPE html>", 'it starts with "<!DOCTYPE html>"'],
    ["invalid UTF-8 (B59)", Uint8Array.of(0x22, 0xff, 0x22), "not UTF-8"],
    ["UTF-16 (B59)", new Uint8Array(Buffer.from("\uFEFF{}", "utf16le")), "not UTF-8"],
    ["a truncated list", "[1,", "is not JSON"],
  ])("refuses %s", (_name, content, message) => {
    expect(() => parseJson(content, options)).toThrow(JsonError);
    expect(() => parseJson(content, options)).toThrow(message);
  });
});

describe("decodeJson", () => {
  const release = object({
    name: text,
    draft: optional(boolean, false),
    assets: optional(listOf(object({ size: integer })), []),
  });

  test("fills in missing or null fields, and ignores unknown ones", () => {
    const decoded = decodeJson('{"name":"v1","draft":null,"new":{}}', release, options);
    expect(decoded).toEqual({ name: "v1", draft: false, assets: [] });
  });

  test.each<[json: string, message: string]>([
    ["[]", "the plan: the document is a list of 0, expected an object"],
    ["{}", "the plan: `name` is absent, expected a string that is not empty"],
    ['{"name":" "}', '`name` is " ", expected'],
    ['{"name":"x","assets":{}}', "`assets` is an object, expected a list"],
    ['{"name":"x","assets":[{"size":1},{"size":1.5}]}', "`assets[1].size` is 1.5, expected a whole number"],
    ['{"name":"x","assets":[{"size":9007199254740993}]}', "expected a whole number"],
    ['{"name":"x","draft":"false"}', '`draft` is "false", expected true or false'],
  ])("refuses %s", (json, message) => {
    expect(() => decodeJson(json, release, options)).toThrow(message);
  });

  test("keeps keys that are also properties of every object (B58)", () => {
    const decoded = decodeJson('{"__proto__":"a","constructor":"b"}', mapOf(string), options);
    expect([...decoded]).toEqual([
      ["__proto__", "a"],
      ["constructor", "b"],
    ]);
  });

  test("does not read a field from the prototype", () => {
    const decoder: Decoder<{ toString: string }> = object({ toString: string });
    expect(() => decodeJson("{}", decoder, options)).toThrow("`toString` is absent");
  });

  test("names the accepted values and the path, even under a key that is not an identifier", () => {
    const decoder = mapOf(object({ state: literal("planned", "published") }));
    expect(() => decodeJson('{"a b":{"state":"gone"}}', decoder, options)).toThrow(
      'the plan: `["a b"].state` is "gone", expected "planned" or "published"',
    );
  });
});
