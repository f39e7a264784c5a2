import { describe, expect, test } from "@jest/globals";
import { findPhrases, wordsOf } from "./check.ts";
import { lineAt, readProse } from "./prose.ts";

describe("findPhrases", () => {
  test.each([
    ["a comment", "a.ts", "let a;\n// It is no list.\n", 2],
    ["a comment over lines", "a.ts", "/**\n * What is\n * no list.\n */\n", 2],
    ["lines of a comment", "a.ts", "  // what is\n  // no list\n", 1],
    ["a string", "a.ts", 'const a = 1;\n\nfail("it is no list");', 3],
    ["the middle of a template", "a.ts", "fail(`${a} is no ${b}`);", 1],
    ["what follows a regular expression with a quote", "a.ts", 'a(/["]\\/\\//); // is no list', 1],
    ["a description in YAML", "action.yml", "name: a\ndescription: Refuses what\n  is no list.\n", 3],
    ["a comment in YAML", "a.yml", "# a\n# is no list\na: b\n", 2],
    ["a script in YAML", "a.yml", "run: |\n  true\n  echo 'it is no list'\n", 3],
    ["a page", "README.md", "# A\n\nWhat is no list.\n", 3],
  ])("finds a phrase in %s", (_title, file, source, line) => {
    const lines = findPhrases(readProse(file, source)).map(({ offset }) => lineAt(source, offset));
    expect(lines).toEqual([line]);
  });

  test.each([
    ["code", "a.ts", "const unrun = is.no; f(unrun);"],
    ["a regular expression", "a.ts", "f(/is no list/)"],
    ["a block of code in a page", "README.md", "```console\n$ echo this is no list\n```\n"],
    ["another kind of file", "a.txt", "is no list"],
    ["`there is no`", "a.ts", "// There is no list, and there are no files."],
    ["`is no longer`", "a.ts", "// It is no longer a list."],
  ])("leaves %s alone", (_title, file, source) => expect(findPhrases(readProse(file, source))).toEqual([]));

  test.each([
    "3 secrets will not do",
    "holds versions against each other",
    "cannot turn green unrun",
    "needed is 1.95.0",
    "the layers that a container of it stands on",
    "takes the same digest for done",
    "What stands for GHCR",
    "a registry that denies to read",
    "in the nearest way that there is",
    "it was not handed over",
    "one says more",
    "nothing of an error",
    "is only looked at",
    "1 URLs differ",
  ])("knows %j", (text) => expect(findPhrases(readProse("a.md", text))).toHaveLength(1));
});

describe("wordsOf", () => {
  const words = (file: string, source: string) =>
    [...wordsOf(readProse(file, source))].map(([word, offset]) => [word, lineAt(source, offset)]);

  test("collects the words of sentences, with the line where each occurs first", () => {
    expect(words("a.ts", "// A tset.\n// Another tset's end.\n")).toEqual([
      ["tset", 1],
      ["Another", 2],
      ["end", 2],
    ]);
  });

  test("leaves out code, addresses, names of files, numbers with letters, and strings that are data", () => {
    const source =
      "// See `tset` at https://tset.example/tset, tset.json, a/tset, $tset and tset1.\nf('tset-tset', 'tset');";
    expect(words("a.ts", source).map(([word]) => word)).toEqual(["See", "and"]);
  });

  test("reads a string that is a sentence", () => {
    expect(words("a.ts", 'f("cannot read the tset")').map(([word]) => word)).toContain("tset");
  });
});
