import { describe, expect, test } from "@jest/globals";
import { applyEdits } from "@release-actions/text";
import { isScalar } from "yaml";
import {
  mapEntries,
  mapValue,
  parseYaml,
  scalarPairs,
  scalarSite,
  scalarText,
  seqItems,
  yamlScalar,
} from "./yaml-file.ts";

const yaml = (text: string) => parseYaml(text, "x.yml");

describe("parseYaml", () => {
  test("reads the first of several documents", () => {
    expect(yamlScalar(yaml("a: 1\n---\na: 2\n"), ["a"])?.value).toBe(1);
  });

  test("accepts an empty file, and one with only a comment", () => {
    for (const text of ["", "# nothing\n"]) expect(scalarPairs(yaml(text))).toEqual([]);
  });

  test.each([
    ["a: [\n", /^x.yml:2 is not valid YAML: /],
    ["a: 1\n\tb: 2\n", /^x.yml:2 is not valid YAML: /],
    ["a: 1\na: 2\n", /^x.yml:2 is not valid YAML: Map keys must be unique$/],
    ["a: 1\n<<<<<<< HEAD\nb: 2\n", /^x.yml:2 holds the marker of a merge conflict \(<<<<<<<\)$/],
    ["a: 1\n>>>>>>> main\n", /^x.yml:2 holds the marker of a merge conflict \(>>>>>>>\)$/],
  ])("refuses %j", (text, message) => {
    expect(() => yaml(text)).toThrow(message);
  });

  test("accepts text that only looks like a conflict marker", () => {
    expect(yamlScalar(yaml("a: |\n  <<<<<<< HEAD\nb: '<<<<<<<'\n"), ["b"])?.value).toBe("<<<<<<<");
  });
});

describe("a path", () => {
  const file = yaml("a:\n  b: [x, { c: 1.10 }]\n  '0': zero\n  d: &d { e: f }\n  g: *d\n  h: {}\n");

  test.each<[string[], string | undefined]>([
    [["a", "b", "0"], "x"],
    [["a", "b", "1", "c"], "1.10"],
    [["a", "0"], "zero"],
    [["a", "g", "e"], "f"],
    [["a", "b", "2"], undefined],
    [["a", "b", "-1"], undefined],
    [["a", "b", "1x"], undefined],
    [["a", "b"], undefined],
    [["a", "h"], undefined],
    [["a", "b", "0", "y"], undefined],
    [["z"], undefined],
  ])("%j leads to %s", (path, expected) => {
    expect(scalarText(yamlScalar(file, path))).toBe(expected);
  });
});

test("gives the path of every pair with a scalar", () => {
  const pairs = scalarPairs(yaml("a: 1\nb:\n  c: [{ d: 2 }, e]\n  ? { f: 3 }\n  : 4\n"));
  expect(pairs.map(({ path, scalar }) => `${path.join(".")}=${scalar.value}`)).toEqual(
    expect.arrayContaining(["a=1", "b.c.d=2"]),
  );
  expect(pairs.map(({ scalar }) => scalar.value)).not.toContain("e");
});

test("finds the parts of a node, and follows aliases", () => {
  const file = yaml("x: &x { a: 1, b: [2, 3] }\ny: *x\nz: 4\n");
  const root = file.document.contents;
  const y = mapValue(file, root, "y");
  expect(mapEntries(file, y).map(([key]) => key)).toEqual(["a", "b"]);
  expect(seqItems(file, mapValue(file, y, "b")).map(scalarText)).toEqual(["2", "3"]);
  expect(seqItems(file, mapValue(file, root, "z")).map(scalarText)).toEqual(["4"]);
  expect(seqItems(file, y)).toEqual([]);
  expect(mapEntries(file, mapValue(file, root, "z"))).toEqual([]);
  expect(mapValue(file, root, "none")).toBeUndefined();
});

test.each<[string, string | undefined]>([
  ["a: 1.10\n", "1.10"],
  ["a: '1.10'\n", "1.10"],
  ["a:\n", undefined],
  ["a: null\n", undefined],
  ["a: {}\n", undefined],
])("the text of %j is %s", (text, expected) => {
  const file = yaml(text);
  expect(scalarText(mapValue(file, file.document.contents, "a"))).toBe(expected);
});

describe("a rewrite keeps the style", () => {
  test.each<[string, string, string | undefined]>([
    ["a: 1.2.3 # why\n", "1.2.4", "a: 1.2.4 # why\n"],
    ['a: "1.2.3"\n', "1.2.4", 'a: "1.2.4"\n'],
    ["a: '1.2.3'\n", "1.2.4", "a: '1.2.4'\n"],
    ["a: '1.2.3'\n", "it's", "a: 'it''s'\n"],
    ["a: '1.2.3'\n", "1\n2", 'a: "1\\n2"\n'],
    ["a: 1.90\n", "1.91", "a: 1.91\n"],
    ["a: x\n", "1.91", 'a: "1.91"\n'],
    ["a: x\n", "true", 'a: "true"\n'],
    ["a: x\n", "y z", "a: y z\n"],
    ["a: x\n", "y # z", 'a: "y # z"\n'],
    ["a: x\n", "y: z", 'a: "y: z"\n'],
    ["a: x\n", "[y", 'a: "[y"\n'],
    ["a: x\n", "- y", 'a: "- y"\n'],
    ["a: |\n  x\n", "y", undefined],
    ["a: >\n  x\n", "y", undefined],
  ])("%j with %j", (text, value, expected) => {
    const file = yaml(text);
    const scalar = yamlScalar(file, ["a"]);
    if (!isScalar(scalar)) throw new Error("there is no scalar");
    const edit = scalarSite(file, scalar).rewrite?.(value);
    expect(edit && "text" in edit ? applyEdits(text, [edit]) : undefined).toBe(expected);
  });
});
