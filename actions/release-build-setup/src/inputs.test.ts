import { describe, expect, test } from "@jest/globals";
import { chooseTargets } from "./targets.ts";
import { chooseTools } from "./tool-list.ts";
import { extraVariables, macVariables, mergeVariables } from "./variables.ts";

describe("the targets", () => {
  const musl = "x86_64-unknown-linux-musl";

  test.each<[string, string[], string | undefined, string[]]>([
    ["those of the input", [musl], '{"targets":["aarch64-apple-darwin"]}', [musl]],
    ["those of cargo-dist's matrix", [], `{"runner":"x","targets":["${musl}"]}`, [musl]],
    ["the host without a matrix", [], "null", []],
    ["the host without any matrix input", [], undefined, []],
    ["the host with an empty matrix", [], "{}", []],
    ["that of a hand-written matrix", [], `{"os":"ubuntu","target":"${musl}"}`, [musl]],
    ["that of a mapping inside the matrix", [], `{"platform":{"runner":"x","target":"${musl}"}}`, [musl]],
    ["listed once each", [musl, musl], undefined, [musl]],
    [
      "of two, three and four parts",
      ["wasm32-wasip1", "aarch64-apple-darwin", musl],
      undefined,
      ["wasm32-wasip1", "aarch64-apple-darwin", musl],
    ],
  ])("are %s", (_name, given, matrix, expected) => {
    expect(chooseTargets(given, matrix)).toEqual(expected);
  });

  test.each<[string, string[], string | undefined, RegExp]>([
    ["an option in place of a triple", ["--emit=x"], undefined, /"--emit=x" is not a target triple/],
    ["a line break", ["a-b\nc"], undefined, /is not a target triple/],
    ["a matrix that is not JSON", [], "{", /input `matrix` is not JSON/],
    ["targets that are not a list", [], '{"targets":"x86_64"}', /matrix.targets is "x86_64", expected a list/],
    ["a matrix without targets", [], '{"os":"ubuntu"}', /has neither `target` nor `targets`, but os/],
    ["a target that is a number", [], '{"target":1}', /matrix.target is 1, expected a target triple/],
    ["targets that are not strings", [], '{"targets":[1]}', /matrix.targets is \[1\]/],
  ])("refuse %s", (_name, given, matrix, message) => {
    expect(() => chooseTargets(given, matrix)).toThrow(message);
  });
});

describe("the tools", () => {
  test.each([
    [
      [],
      { RUNNER_OS: "macOS" },
      [
        ["cargo-license", "pinned"],
        ["just", "pinned"],
      ],
    ],
    [[], { RUNNER_OS: "Linux" }, []],
    [["none"], { RUNNER_OS: "macOS" }, []],
    [
      ["just@1.40.0", "cargo-license"],
      { RUNNER_OS: "Linux" },
      [
        ["just", "1.40.0"],
        ["cargo-license", "pinned"],
      ],
    ],
  ])("for the input %j on %j are %j", (given, env, expected) => {
    expect(chooseTools(given, env, true).map(({ name, version }) => [name, version])).toEqual(expected);
  });
});

test("installs no tools when no notice is written, unless the input names them", () => {
  expect(chooseTools([], { RUNNER_OS: "macOS" }, false)).toEqual([]);
  expect(chooseTools(["just"], { RUNNER_OS: "macOS" }, false)).toHaveLength(1);
});

describe("the variables", () => {
  test("for macOS are set only on macOS", () => {
    const inputs = { "macos-deployment-target": "10.14.0", "codesign-options": "runtime" };
    expect(macVariables(inputs, { RUNNER_OS: "Linux" })).toEqual([]);
    expect(macVariables(inputs, { RUNNER_OS: "macOS" }).map(({ name, value }) => `${name}=${value}`)).toEqual([
      "MACOSX_DEPLOYMENT_TARGET=10.14.0",
      "CODESIGN_OPTIONS=runtime",
    ]);
    expect(() => macVariables({ ...inputs, "macos-deployment-target": "Mojave" }, { RUNNER_OS: "macOS" })).toThrow(
      /expected a version such as 10.14.0/,
    );
  });

  test("of the input may contain equals signs or be empty, and a later one replaces an earlier one", () => {
    const variables = extraVariables(["A=b=c", "EMPTY=", "A=d"]);
    expect(mergeVariables(variables).map(({ name, value }) => [name, value])).toEqual([
      ["A", "d"],
      ["EMPTY", ""],
    ]);
  });

  test.each([["A"], ["=b"], ["A B=c"], ["1A=b"], ["RUSTFLAGS=-O"]])("refuse the line %j", (line) => {
    expect(() => extraVariables([line])).toThrow(/extra-env/);
  });
});
