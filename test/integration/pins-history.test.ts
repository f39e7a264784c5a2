import { describe, expect, test } from "@jest/globals";
import { runCommand } from "@release-actions/command";
import { FileTree } from "@release-actions/example-product";
import { checkPins, openHistory, placeOf, Repository } from "@release-actions/pins";
import { commitAll } from "../support/repository-copy.ts";

/** A repository whose files had these contents, one commit for each state. */
async function repositoryOf(states: readonly Readonly<Record<string, string>>[]): Promise<FileTree> {
  const tree = new FileTree();
  for (const [index, files] of states.entries()) {
    for (const [name, content] of Object.entries(files)) tree.write(name, content);
    await commitAll(tree.root, `state ${index}`);
  }
  return tree;
}

async function found(tree: FileTree): Promise<string[]> {
  const { findings } = await checkPins({
    ...{ repository: new Repository(tree.root), config: undefined, tag: undefined, only: [], today: "2026-11-20" },
    inspectImage: async () => undefined,
    imageDigest: async () => undefined,
    history: openHistory(tree.root, runCommand, process.env),
  });
  return findings.map(({ severity, follower }) => `${severity} ${placeOf(follower)}`);
}

describe("rust-version", () => {
  const state = (toolchain: string, minimum: string) => ({
    "rust-toolchain.toml": `[toolchain]\nchannel = "${toolchain}"\n`,
    "Cargo.toml": `[package]\nname = "app"\nversion = "1.0.0"\nrust-version = "${minimum}"\n`,
  });

  test.each<[string, readonly (readonly [string, string])[], string[]]>([
    [
      "must follow the toolchain where every change but the last changed both",
      [
        ["1.90.0", "1.90"],
        ["1.91.0", "1.91"],
        ["1.92.0", "1.92"],
        ["1.93.0", "1.92"],
      ],
      ["error Cargo.toml:4"],
    ],
    [
      "is a minimum where an earlier change changed only the toolchain",
      [
        ["1.90.0", "1.90"],
        ["1.91.0", "1.90"],
        ["1.92.0", "1.92"],
        ["1.93.0", "1.92"],
      ],
      [],
    ],
    [
      "is a minimum where it stayed behind for more than one change",
      [
        ["1.90.0", "1.90"],
        ["1.91.0", "1.91"],
        ["1.92.0", "1.91"],
        ["1.93.0", "1.91"],
      ],
      [],
    ],
    ["is a minimum where nothing was ever changed", [["1.93.0", "1.85"]], []],
    [
      "is wrong above the toolchain, whatever the history",
      [
        ["1.90.0", "1.85"],
        ["1.90.0", "1.95"],
      ],
      ["error Cargo.toml:4"],
    ],
  ])("%s", async (_name, states, expected) => {
    using tree = await repositoryOf(states.map(([toolchain, minimum]) => state(toolchain, minimum)));
    expect(await found(tree)).toEqual(expected);
  });

  test("has to equal the toolchain where no crate is published", async () => {
    const files = state("1.93.0", "1.85");
    using tree = await repositoryOf([{ ...files, "Cargo.toml": `${files["Cargo.toml"]}publish = false\n` }]);
    expect(await found(tree)).toEqual(["error Cargo.toml:4"]);
  });
});

describe("a chart's own version", () => {
  const state = (crate: string, version: string, appVersion: string) => ({
    "Cargo.toml": `[package]\nname = "app"\nversion = "${crate}"\n`,
    "chart/Chart.yaml": `apiVersion: v2\nname: app\nversion: ${version}\nappVersion: "${appVersion}"\n`,
  });

  test.each<[string, readonly (readonly [string, string, string])[], string[]]>([
    [
      "must follow where it was equal to appVersion before the last change",
      [
        ["1.2.3", "1.2.3", "1.2.3"],
        ["1.2.4", "1.2.3", "1.2.4"],
      ],
      ["error chart/Chart.yaml:3"],
    ],
    [
      "is not judged where it was not equal",
      [
        ["1.2.3", "0.4.0", "1.2.3"],
        ["1.2.4", "0.4.1", "1.2.4"],
      ],
      [],
    ],
    ["is not judged without a history", [["1.2.4", "0.4.1", "1.2.4"]], []],
  ])("%s", async (_name, states, expected) => {
    using tree = await repositoryOf(states.map((each) => state(...each)));
    expect(await found(tree)).toEqual(expected);
  });
});
