import { describe, expect, test } from "@jest/globals";
import { parseToolchainFile } from "./toolchain.ts";

describe("parseToolchainFile", () => {
  test.each<[string, string, string, number]>([
    ["rust-toolchain", "1.95.0\n", "1.95.0", 1],
    ["rust-toolchain", "  nightly-2026-10-01  \n", "nightly-2026-10-01", 1],
    ["rust-toolchain", '[toolchain]\nchannel = "stable"\n', "stable", 2],
    ["rust-toolchain", 'toolchain.channel = "stable"\n', "stable", 1],
    ["rust-toolchain.toml", '# why\n[toolchain]\nchannel = "1.95"\n', "1.95", 3],
  ])("reads from %s with %j the channel %s", (file, text, channel, line) => {
    expect(parseToolchainFile(text, file)).toMatchObject({ channel, location: { file, line } });
  });

  test.each(['path = "/opt/rust"', 'components = ["clippy"]', 'targets = ["wasm32-wasip1"]'])(
    "finds no channel in a table with only %s",
    (line) => {
      expect(parseToolchainFile(`[toolchain]\n${line}\n`, "rust-toolchain.toml")).toBeUndefined();
    },
  );

  test.each([
    ["[toolchain]\n", 1],
    ['[toolchain]\nprofile = "minimal"\n', 1],
    ["[toolchain]\nchannel = 1\n", 2],
    ["a = 1\n", 1],
  ])("refuses %j and names its line", (text, line) => {
    expect(() => parseToolchainFile(text, "rust-toolchain.toml")).toThrow(
      expect.objectContaining({
        message: expect.stringContaining("names no channel"),
        location: expect.objectContaining({ line }),
      }),
    );
  });

  test("accepts the old one-line form only in the file without an extension", () => {
    expect(() => parseToolchainFile("1.95.0\n", "rust-toolchain.toml")).toThrow(/^rust-toolchain.toml/);
    expect(() => parseToolchainFile("1.95.0\nstable\n", "rust-toolchain")).toThrow(/^rust-toolchain/);
  });
});
