import { describe, expect, test } from "@jest/globals";
import { SourceCursor } from "./cursor.ts";
import { memorySource } from "./source.ts";
import { TarReader } from "./tar-reader.ts";
import { TAR_END, type TarEntry, tarFile, tarHeader, tarPadding } from "./tar-writer.ts";

async function readHeader(bytes: Uint8Array) {
  return await new TarReader(new SourceCursor(memorySource(bytes))).next();
}

const long = `${"folder/".repeat(40)}ä-name`;

/** The fields of a ustar header (POSIX.1-2017 pax, "ustar Interchange Format"), with a dot for NUL. */
function fieldsOf(block: Uint8Array): Record<string, string> {
  const field = (start: number, length: number): string =>
    Buffer.from(block.subarray(start, start + length))
      .toString("latin1")
      .replace(/\0+$/, "·");
  return {
    name: field(0, 100),
    mode: field(100, 8),
    uid: field(108, 8),
    gid: field(116, 8),
    size: field(124, 12),
    mtime: field(136, 12),
    checksum: field(148, 8),
    typeflag: field(156, 1),
    linkName: field(157, 100),
    magic: field(257, 8),
    rest: field(265, 247),
  };
}

describe("tarHeader", () => {
  test("writes every field of a ustar header", () => {
    expect(fieldsOf(tarHeader({ kind: "file", path: "a/b", size: 1000, mode: 0o755 }))).toEqual({
      name: "a/b·",
      mode: "0000755·",
      uid: "0000000·",
      gid: "0000000·",
      size: "00000001750·",
      mtime: "00000000000·",
      checksum: "006337\0 ",
      typeflag: "0",
      linkName: "·",
      magic: "ustar\u000000",
      rest: "·",
    });
  });

  test.each<[TarEntry, object]>([
    [
      { kind: "file", path: "a", size: 0 },
      { typeflag: "0", mode: "0000644·", name: "a·" },
    ],
    [
      { kind: "directory", path: "a" },
      { typeflag: "5", mode: "0000755·", name: "a/·" },
    ],
    [
      { kind: "directory", path: "a", mode: 0o700 },
      { typeflag: "5", mode: "0000700·" },
    ],
    [
      { kind: "symlink", path: "a", target: "../b" },
      { typeflag: "2", mode: "0000777·", linkName: "../b·" },
    ],
    [
      { kind: "hardlink", path: "a", target: "b" },
      { typeflag: "1", mode: "0000644·", linkName: "b·" },
    ],
  ])("writes %j", (entry, fields) => {
    expect(fieldsOf(tarHeader(entry))).toMatchObject(fields);
  });

  test("fills ustar fields to the last byte, and adds a PAX header for longer values", () => {
    const files = [
      { path: "n".repeat(100), size: 0 },
      { path: "n".repeat(101), size: 0 },
      { path: "ä".repeat(51), size: 0 },
      { path: "a", size: 8 ** 11 - 1 },
      { path: "a", size: 8 ** 11 },
    ];
    expect(files.map((file) => tarHeader({ kind: "file", ...file }).length)).toEqual([512, 1536, 1536, 512, 1536]);
    expect(tarHeader({ kind: "symlink", path: "a", target: "t".repeat(100) })).toHaveLength(512);
  });

  test("writes PAX records whose length includes its own digits, and an ASCII name for ustar readers", () => {
    const bytes = Buffer.from(tarHeader({ kind: "file", path: `${"n".repeat(100)}ä`, size: 8 ** 11 }));
    expect(fieldsOf(bytes)).toMatchObject({ name: "pax·", typeflag: "x", mode: "0000644·", size: "00000000203·" });
    const records = `112 path=${"n".repeat(100)}ä\n19 size=8589934592\n`;
    expect(bytes.subarray(512, 512 + 133).toString()).toBe(`${records}\0\0`);
    expect(fieldsOf(bytes.subarray(1024))).toMatchObject({ name: "n".repeat(100), size: "00000000000·" });
    const cut = Buffer.from(tarHeader({ kind: "symlink", path: "ä".repeat(60), target: `ö~ ${"x".repeat(100)}` }));
    const { name, linkName } = fieldsOf(cut.subarray(1024));
    expect([name, linkName]).toEqual(["_".repeat(100), `__~ ${"x".repeat(96)}`]);
  });

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

  test("writes valid records at every length, also where the length gains a digit", async () => {
    for (let length = 101; length < 1010; length += 1) {
      const path = "n".repeat(length);
      expect(await readHeader(tarHeader({ kind: "file", path, size: 0 }))).toMatchObject({ path });
    }
  });

  test("always writes the same bytes for the same entry", () => {
    const entry: TarEntry = { kind: "file", path: long, size: 9 * 1024 ** 3 };
    expect(Buffer.compare(tarHeader(entry), tarHeader(entry))).toBe(0);
  });
});

test("a written file fills whole blocks", () => {
  for (const length of [0, 1, 511, 512, 513]) {
    expect(tarFile("a", new Uint8Array(length)).length % 512).toBe(0);
  }
  expect(Buffer.from(tarFile("a", "text").subarray(512)).toString()).toBe("text".padEnd(512, "\0"));
});

test("two blocks of zeros end an archive, and zeros fill the last block of a body", () => {
  expect(TAR_END).toEqual(new Uint8Array(1024));
  expect(tarPadding(513)).toEqual(new Uint8Array(511));
});
