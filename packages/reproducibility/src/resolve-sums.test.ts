import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
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
      "of only names",
      ["linux/app.tar.gz", "mac/app.zip"],
      ["app.tar.gz", "app.zip"],
      ["linux/app.tar.gz", "mac/app.zip"],
    ],
    ["with the path itself first", ["app"], ["app", "old/app"], ["app", "old/app"]],
    ["with two possible entries", ["app"], ["x86/app", "arm/app"], ["x86/app", "arm/app"]],
    ["with two possible files", ["x86/app", "arm/app"], ["app"], ["app"]],
    ["with spaces at the ends of lines", ["app", "x "], ["app  ", "x "], ["app", "x "]],
    ["from Windows", ["app.exe"], ["dist\\app.exe"], ["app.exe"]],
  ])("%s", async (_name, files, listed, paths) => {
    const list = parseSums(listed.map((name) => `SHA256 (${name}) = ${HEX}`).join("\n"), "list");
    const { list: build } = await resolveSums("list", list, built(...files));
    expect([...build.files.keys()]).toEqual(paths);
  });
});

test("reads 128 hex digits as SHA-512 or BLAKE2b, whichever matches, also for a differing file", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "resolve-sums-"));
  try {
    for (const name of ["app", "lib"]) writeFileSync(path.join(folder, name), name);
    const recorded = { ...built("app", "lib"), pathOf: (name: string) => path.join(folder, name) };
    for (const [algorithm, name] of [
      ["blake2b512", "blake2b"],
      ["sha512", "sha512"],
    ] as const) {
      const hash = (text: string): string => createHash(algorithm).update(text).digest("hex");
      const list = parseSums(`${hash("other")}  app\n${hash("lib")}  lib\n`, "list");
      const resolved = await resolveSums("list", list, recorded);
      expect([...resolved.matched]).toEqual([[name, 1]]);
      expect([...resolved.list.files.values()]).toMatchObject([
        { digests: { [name]: hash("other") } },
        { digests: { [name]: hash("lib") } },
      ]);
      expect(resolved.recorded.files.get("app")).toMatchObject({ digests: { [name]: hash("app") } });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
