import { describe, expect, test } from "@jest/globals";
import { SourceCursor, StreamCursor } from "./cursor.ts";
import { memorySource } from "./source.ts";
import type { TarMember } from "./tar-member.ts";
import { TarReader } from "./tar-reader.ts";
import { tarFile } from "./tar-writer.ts";
import { base256, member, pax, tar } from "./testing/crafted-tar.ts";
import { chunked, collect } from "./testing/streams.ts";

type Read = { members: TarMember[]; bodies: string[]; hasEndBlocks: boolean };

async function readWith(reader: TarReader): Promise<Read> {
  const read: Read = { members: [], bodies: [], hasEndBlocks: false };
  for (let next = await reader.next(); next !== undefined; next = await reader.next()) {
    read.members.push(next);
    // Reads every second body; the reader skips the others.
    read.bodies.push(read.members.length % 2 === 0 ? "" : (await collect(reader.body())).toString());
  }
  return { ...read, hasEndBlocks: reader.hasEndBlocks };
}

const readers: [string, (bytes: Uint8Array) => TarReader][] = [
  ["streamed in pieces of an odd size", (bytes) => new TarReader(new StreamCursor(chunked(bytes, 333)))],
  ["streamed at once", (bytes) => new TarReader(new StreamCursor(chunked(bytes, 1 << 20)))],
  ["read with random access", (bytes) => new TarReader(new SourceCursor(memorySource(bytes)))],
];

describe.each(readers)("a tar %s", (_, open) => {
  test("returns members of ustar, PAX and GNU with their bodies and offsets", async () => {
    const longName = `${"long/".repeat(30)}name`;
    const archive = tar(
      member({ name: "./", typeflag: "5" }),
      member({ name: "blobs/", typeflag: "5" }),
      member({ name: "./blobs/a", body: "first" }),
      pax({ path: "blobs/ü", mtime: "1.5", size: "3", "SCHILY.xattr.user": "x" }),
      member({ name: "blobs/_", body: "abc" }),
      member({ name: "@LongLink", typeflag: "L", magic: "ustar  \0", body: `${longName}\0` }),
      member({ name: longName.slice(0, 100), magic: "ustar  \0", size: base256(5n), body: "third" }),
      member({ name: "c", prefix: "blobs/deep", body: "deep" }),
      member({ name: "link", typeflag: "2", linkName: "blobs/../blobs/a" }),
      member({ name: "hard", typeflag: "1", linkName: "./blobs/a" }),
      member({ name: "old", typeflag: "\0", body: "x" }),
      pax({ comment: "made by hand" }, "g"),
    );
    const { members, bodies, hasEndBlocks } = await readWith(open(archive));
    expect(members.map(({ kind, path, size }) => [kind, path, size])).toEqual([
      ["directory", "blobs", 0],
      ["file", "blobs/a", 5],
      ["file", "blobs/ü", 3],
      ["file", longName, 5],
      ["file", "blobs/deep/c", 4],
      ["symlink", "link", 0],
      ["hardlink", "hard", 0],
      ["file", "old", 1],
    ]);
    expect(bodies).toEqual(["", "", "abc", "", "deep", "", "", ""]);
    expect(members.slice(-3, -1)).toMatchObject([{ target: "blobs/a" }, { target: "blobs/a" }]);
    for (const [index, text] of ["first", "abc", "third", "deep"].entries()) {
      const { offset, size } = members[index + 1] as TarMember;
      expect(Buffer.from(archive.subarray(offset, offset + size)).toString()).toBe(text);
    }
    expect(hasEndBlocks).toBe(true);
  });

  test("accepts a missing end of archive, and reports it (B04)", async () => {
    const read = await readWith(open(tarFile("a", "x")));
    expect(read.members).toHaveLength(1);
    expect(read.hasEndBlocks).toBe(false);
    const half = Buffer.concat([tarFile("a", "x"), new Uint8Array(512)]);
    expect((await readWith(open(half))).hasEndBlocks).toBe(false);
  });

  test("accepts zeros after the end, which tar writes as padding", async () => {
    const read = await readWith(open(Buffer.concat([tar(tarFile("a", "x")), new Uint8Array(9216)])));
    expect(read.hasEndBlocks).toBe(true);
  });

  const file = tarFile("blobs/a", "content");
  const sparse = "22 GNU.sparse.major=1\n";
  const refused: [string, string, Uint8Array, string, RegExp][] = [
    ["B01", "no bytes", new Uint8Array(0), "cut", /no bytes at all/],
    ["B02", "an end inside a header", file.subarray(0, 300), "cut", /inside a header, after 300 bytes/],
    ["B02", "an end inside an extended header", pax({ path: "a" }).subarray(0, 600), "cut", /inside an extended/],
    ["B03", "an end inside a body", file.subarray(0, 515), "cut", /4 bytes before the end of a member/],
    ["B03", "an end inside the padding", file.subarray(0, 1000), "cut", /24 bytes before the end of a member/],
    ["B05", "a wrong checksum", member({ checksum: "000123\0 " }), "disagreement", /checksum/],
    ["B05", "no checksum", member({ checksum: "        " }), "disagreement", /checksum/],
    ["B06", "two sizes", tar(pax({ size: "9" }), member({ body: "abc" })), "disagreement", /the PAX header says 9/],
    ["B06", "a hidden size", tar(pax({ size: "0" }), member({ body: "abc" })), "disagreement", /the PAX header says 0/],
    ["B07", "a wrong PAX length", pax(Buffer.from("99 path=a\n")), "malformed", /does not fit/],
    ["B07", "a huge PAX length", pax(Buffer.from("99999999999 path=a\n")), "malformed", /begin with its length/],
    ["B07", "a negative PAX length", pax(Buffer.from("-9 path=a\n")), "malformed", /begin with its length/],
    ["B07", "a PAX length too short", pax(Buffer.from("3 path=a\n")), "malformed", /does not|line feed/],
    ["B07", "a PAX record without an end", pax(Buffer.from("9 path=abX")), "malformed", /line feed/],
    ["B07", "a PAX record without a key", pax(Buffer.from("8 =path\n")), "malformed", /no key/],
    ["B08", "a NUL in a PAX path", tar(pax({ path: "a\0b" }), file), "unsafe-name", /NUL/],
    ["B08", "a path told twice", pax(Buffer.from("9 path=a\n9 path=b\n")), "disagreement", /"path" twice/],
    ["B09", "a negative size", member({ size: base256(-1n) }), "malformed", /size is negative/],
    ["B09", "a size over 2^53", member({ size: base256(2n ** 53n) }), "malformed", /larger than 2\^53/],
    ["B09", "a size in letters", member({ size: Buffer.from("12345678z90\0") }), "malformed", /not an octal/],
    ["B09", "a PAX size of -1", tar(pax({ size: "-1" }), file), "malformed", /PAX size/],
    ["B10", "a GNU sparse member", member({ typeflag: "S" }), "unsupported", /sparse/],
    ["B10", "a PAX sparse member", tar(pax(Buffer.from(sparse)), file), "unsupported", /sparse/],
    ["B11", "a long name without a member", tar(member({ typeflag: "L", body: "x\0" })), "malformed", /no member/],
    ["B11", "a PAX header without a member", tar(pax({ path: "x" })), "malformed", /no member/],
    ["B12", "two PAX headers", tar(pax({ path: "x" }), pax({ path: "y" }), file), "disagreement", /two extended/],
    ["B12", "10,000 headers", tar(...Array(10_000).fill(pax({ comment: "x" }, "g")), file), "limit", /more than 8/],
    ["B12", "a huge header", member({ typeflag: "x", size: 2 ** 30 }), "limit", /extended header of 1073741824/],
    [
      "B12",
      "a PAX and a GNU name",
      tar(pax({ path: "x" }), member({ typeflag: "L", body: "y" }), file),
      "disagreement",
      /both/,
    ],
    ["B13", "a path for all", tar(pax({ path: "x" }, "g"), file), "unsupported", /for all members/],
    ["B13", "a size for all", tar(pax({ size: "7" }, "g"), file), "unsupported", /for all members/],
    ["B14", "a path that leaves", tar(tarFile("a/../../x", "")), "unsafe-name", /leave the archive/],
    ["B14", "a backslash", tar(tarFile("..\\x", "")), "unsafe-name", /backslash/],
    ["B14", "a path with `.` inside", tar(tarFile("a/./b", "")), "unsafe-name", /`\.` part/],
    ["B15", "an absolute path", tar(tarFile("/etc/passwd", "")), "unsafe-name", /absolute/],
    ["B15", "a drive letter", tar(tarFile("C:x", "")), "unsafe-name", /absolute/],
    [
      "B16",
      "a write through a link",
      tar(file, member({ name: "l", typeflag: "2", linkName: "blobs" }), tarFile("l/x", "")),
      "unsafe-name",
      /as a folder/,
    ],
    [
      "B17",
      "a hard link to outside",
      tar(file, member({ name: "l", typeflag: "1", linkName: "../x" })),
      "unsafe-name",
      /leave the archive/,
    ],
    [
      "B17",
      "a hard link without a target",
      tar(file, member({ name: "l", typeflag: "1", linkName: "x" })),
      "unsafe-name",
      /no file before it/,
    ],
    [
      "B17",
      "a link to outside",
      tar(file, member({ name: "l", typeflag: "2", linkName: "../x" })),
      "unsafe-name",
      /points outside/,
    ],
    [
      "B17",
      "a link to an absolute path",
      tar(file, member({ name: "l", typeflag: "2", linkName: "/x" })),
      "unsafe-name",
      /points outside/,
    ],
    [
      "B18",
      "a link to itself",
      tar(member({ name: "l", typeflag: "2", linkName: "l" })),
      "unsafe-name",
      /leads to itself/,
    ],
    [
      "B18",
      "a loop of links",
      tar(member({ name: "l", typeflag: "2", linkName: "m" }), member({ name: "m", typeflag: "2", linkName: "l" })),
      "unsafe-name",
      /leads to itself/,
    ],
    ["B18", "a link to nothing", tar(member({ name: "l", typeflag: "2", linkName: "m" })), "unsafe-name", /no file/],
    ["B19", "a device", tar(member({ typeflag: "3" })), "unsupported", /character device/],
    ["B19", "a fifo", tar(member({ typeflag: "6" })), "unsupported", /fifo/],
    ["B19", "an unknown type", tar(member({ typeflag: "Z" })), "unsupported", /unknown type "Z"/],
    [
      "B20",
      "two members with one name",
      tar(tarFile("a", "1"), tarFile("./a", "2")),
      "unsafe-name",
      /"a" would become two members/,
    ],
    [
      "B20",
      "a file and a folder with one name",
      tar(tarFile("a", "1"), tarFile("a/b", "2")),
      "unsafe-name",
      /as a folder/,
    ],
    [
      "B20",
      "a folder and a file with one name",
      tar(tarFile("a/b", "1"), tarFile("a", "2")),
      "unsafe-name",
      /as a file/,
    ],
    ["B21", "names that only differ in case", tar(tarFile("a", "1"), tarFile("A", "2")), "unsafe-name", /"a" and "A"/],
    [
      "B21",
      "names that only differ in Unicode normalization",
      tar(tarFile("\u00e9", "1"), tarFile("e\u0301", "2")),
      "unsafe-name",
      /one file/,
    ],
    [
      "B21",
      "folders whose names only differ in case",
      tar(tarFile("a/x", "1"), tarFile("A/y", "2")),
      "unsafe-name",
      /one folder/,
    ],
    ["B22", "bytes after the end", Buffer.concat([tar(file), Buffer.from("x")]), "trailing-data", /data after the end/],
    [
      "B22",
      "a header after one zero block",
      Buffer.concat([new Uint8Array(512), file]),
      "trailing-data",
      /data follows a block/,
    ],
    ["B22", "zeros without end", Buffer.concat([tar(file), new Uint8Array(1 << 21)]), "limit", /zeros follow/],
    ["B23", "two archives joined", Buffer.concat([tar(file), tar(file)]), "trailing-data", /second archive/],
    ["B30", "a web page", Buffer.from("<!doctype html>".padEnd(600)), "not-this-format", /no tar header/],
    ["B30", "a header without magic", tar(member({ magic: "\0\0\0\0\0\0\0\0" })), "not-this-format", /no tar header/],
    ["B55", "an empty name", tar(member({ name: "" })), "unsafe-name", /empty name/],
    ["F136", "a control character", tar(tarFile("a\n::error::x", "")), "unsafe-name", /control character/],
    ["F55", "a file named like a folder", tar(member({ name: "a/", body: "x" })), "malformed", /name of a folder/],
    ["F55", "a folder with a body", tar(member({ typeflag: "5", body: "x" })), "malformed", /folder with a body/],
    [
      "F55",
      "a link with a body",
      tar(member({ typeflag: "2", linkName: "a", body: "x" })),
      "malformed",
      /link with the body/,
    ],
    ["F59", "a name that is not UTF-8", tar(member({ name: Buffer.from([0x61, 0xff]) })), "unsafe-name", /not UTF-8/],
  ];

  test.each(refused)("refuses %s: %s", async (_id, _what, bytes, problem, message) => {
    const reading = readWith(open(bytes));
    await expect(reading).rejects.toMatchObject({ name: "ArchiveError", problem });
    await expect(reading).rejects.toThrow(message);
    await expect(reading).rejects.toThrow(/\(at byte \d+\)$/);
  });
});
