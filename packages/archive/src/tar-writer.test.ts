import { describe, expect, test } from "@jest/globals";
import { SourceCursor } from "./cursor.ts";
import { memorySource } from "./source.ts";
import { TarReader } from "./tar-reader.ts";
import { type TarEntry, tarFile, tarHeader } from "./tar-writer.ts";

async function readHeader(bytes: Uint8Array) {
  return await new TarReader(new SourceCursor(memorySource(bytes))).next();
}

const long = `${"folder/".repeat(40)}ä-name`;

describe("tarHeader", () => {
  test.each<[string, TarEntry, object]>([
    ["a file", { kind: "file", path: "a", size: 7 }, { path: "a", size: 7, mode: 0o644 }],
    ["a program", { kind: "file", path: "a", size: 7, mode: 0o755 }, { mode: 0o755 }],
    ["a file over 8 GiB", { kind: "file", path: "a", size: 9 * 1024 ** 3 }, { size: 9 * 1024 ** 3 }],
    ["a folder", { kind: "directory", path: "a/b" }, { kind: "directory", path: "a/b", mode: 0o755 }],
    ["a link", { kind: "symlink", path: "a/b", target: "../c" }, { kind: "symlink", target: "c" }],
    ["a long name", { kind: "file", path: long, size: 0 }, { path: long }],
    ["a long target", { kind: "symlink", path: "b", target: long }, { target: long }],
  ])("describes %s so that the reader reads it back", async (_, entry, expected) => {
    expect(await readHeader(tarHeader(entry))).toMatchObject(expected);
  });

  test("always gives the same bytes for the same entry", () => {
    const entry: TarEntry = { kind: "file", path: long, size: 9 * 1024 ** 3 };
    expect(Buffer.compare(tarHeader(entry), tarHeader(entry))).toBe(0);
  });
});

test("a written file fills whole blocks", () => {
  for (const length of [0, 1, 511, 512, 513]) {
    expect(tarFile("a", new Uint8Array(length)).length % 512).toBe(0);
  }
});
