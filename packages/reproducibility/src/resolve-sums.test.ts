import { describe, expect, test } from "@jest/globals";
import { parseSums } from "@release-actions/digest";
import type { RecordedBuild } from "./record.ts";
import { resolveSums } from "./resolve-sums.ts";

const HEX = "a".repeat(64);

function built(...names: readonly string[]): RecordedBuild {
  const files = new Map(names.map((name) => [name, { kind: "file", digests: { sha256: HEX } } as const]));
  const manifest = { context: new Map(), files: [] };
  const common = { name: "one", files, context: new Map(), isPartial: false, manifest };
  return { ...common, open: async () => undefined, pathOf: () => undefined };
}

describe("a checksum list", () => {
  test.each([
    ["from the folder above", ["app"], ["dist/app"], ["app"]],
    [
      "of names alone",
      ["linux/app.tar.gz", "mac/app.zip"],
      ["app.tar.gz", "app.zip"],
      ["linux/app.tar.gz", "mac/app.zip"],
    ],
    ["with the path itself first", ["app"], ["app", "old/app"], ["app", "old/app"]],
    ["in which two could be meant", ["app"], ["x86/app", "arm/app"], ["x86/app", "arm/app"]],
    ["in which two files could be meant", ["x86/app", "arm/app"], ["app"], ["app"]],
    ["with spaces at the ends of lines", ["app", "x "], ["app  ", "x "], ["app", "x "]],
    ["from Windows", ["app.exe"], ["dist\\app.exe"], ["app.exe"]],
  ])("%s", async (_name, files, listed, paths) => {
    const list = parseSums(listed.map((name) => `SHA256 (${name}) = ${HEX}`).join("\n"), "list");
    const { list: build } = await resolveSums("list", list, built(...files));
    expect([...build.files.keys()]).toEqual(paths);
  });
});
