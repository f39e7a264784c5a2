import { describe, expect, test } from "@jest/globals";
import { placeOf } from "../fact.ts";
import { MemoryRepository } from "../testing/memory-repository.ts";
import { toolchainFiles, toolchainFor } from "./toolchain-files.ts";

const files = (contents: Readonly<Record<string, string>>) => toolchainFiles(new MemoryRepository(contents));

describe("toolchainFiles", () => {
  test.each<[string, string, string]>([
    ["rust-toolchain.toml", '[toolchain]\nchannel = "1.95.0"\n', "1.95.0 fixed in . at rust-toolchain.toml:2"],
    ["rust-toolchain", "1.95.0\n", "1.95.0 fixed in . at rust-toolchain:1"],
    ["rust-toolchain", '[toolchain]\nchannel = "stable"\n', "stable floating in . at rust-toolchain:2"],
    ["a/b/rust-toolchain.toml", '[toolchain]\nchannel = "esp"\n', "esp undefined in a/b at a/b/rust-toolchain.toml:2"],
  ])("reads %s: %j", (file, text, expected) => {
    expect(
      files({ [file]: text }).map(
        ({ folder, site, release }) => `${site.value} ${release?.kind} in ${folder} at ${placeOf(site)}`,
      ),
    ).toEqual([expected]);
  });

  test.each([
    ["rust-toolchain.toml", '[toolchain]\npath = "/opt/rust"\n'],
    ["rust-toolchain.toml", '[toolchain]\ncomponents = ["clippy"]\n'],
    ["my-rust-toolchain.toml", '[toolchain]\nchannel = "1.95.0"\n'],
    ["rust-toolchain.toml.in", '[toolchain]\nchannel = "1.95.0"\n'],
  ])("%s with %j pins nothing", (file, text) => {
    expect(files({ [file]: text })).toEqual([]);
  });
});

test.each([
  [".", "1.90.0"],
  ["crates", "1.90.0"],
  ["crates/a", "1.91.0"],
  ["crates/a/src", "1.91.0"],
  ["crates/ab", "1.90.0"],
  ["./crates/b/../a", "1.91.0"],
])("finds for the folder %s the toolchain %s, as rustup does", (folder, expected) => {
  const known = files({ "rust-toolchain": "1.90.0\n", "crates/a/rust-toolchain": "1.91.0\n" });
  expect(toolchainFor(folder, known)?.site.value).toBe(expected);
});

test("finds no toolchain when no parent folder has a file", () => {
  const known = files({ "crates/a/rust-toolchain": "1.91.0\n" });
  expect(toolchainFor(".", known)).toBeUndefined();
  expect(toolchainFor("crates/b", known)).toBeUndefined();
  expect(toolchainFor("/elsewhere", known)).toBeUndefined();
});
