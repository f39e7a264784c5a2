import { describe, expect, test } from "@jest/globals";
import { SourceCursor, StreamCursor } from "./cursor.ts";
import { memorySource } from "./source.ts";
import { tarFile } from "./tar-writer.ts";
import { base256, member, pax, tar } from "./testing/crafted-tar.ts";
import { manyPieces, SPARSE_FORMS, sparseTar } from "./testing/sparse-tar.ts";
import { chunked, collect } from "./testing/streams.ts";
import { type TolerantMember, TolerantTarReader } from "./tolerant-tar-reader.ts";

const ways: [string, (bytes: Uint8Array) => TolerantTarReader][] = [
  ["streamed in pieces of an odd size", (bytes) => new TolerantTarReader(new StreamCursor(chunked(bytes, 333)))],
  ["read with random access", (bytes) => new TolerantTarReader(new SourceCursor(memorySource(bytes)))],
];

async function listOf(reader: TolerantTarReader): Promise<TolerantMember[]> {
  const members: TolerantMember[] = [];
  for (let next = await reader.next(); next !== undefined; next = await reader.next()) members.push(next);
  return members;
}

async function contentsOf(reader: TolerantTarReader): Promise<Record<string, Buffer>> {
  const contents: Record<string, Buffer> = {};
  for (let next = await reader.next(); next !== undefined; next = await reader.next()) {
    contents[next.path] = await collect(reader.body());
  }
  return contents;
}

describe.each(ways)("a tar %s", (_, open) => {
  const list = (...members: Uint8Array[]) => listOf(open(tar(...members)));

  test("returns files, folders and links with their offsets", async () => {
    const archive = tar(
      member({ name: "./", typeflag: "5" }),
      member({ name: "folder/", typeflag: "5", at: { 100: "0040755\0" } }),
      member({ name: "folder/a", body: "first", at: { 100: "0104644\0" } }),
      member({ name: "folder/to", typeflag: "2", linkName: "../b" }),
      member({ name: "absolute", typeflag: "2", linkName: "/etc/x" }),
      member({ name: "folder/hard", typeflag: "1", linkName: "./folder/a", size: 5 }),
      member({ name: "b", body: "" }),
    );
    const reader = open(archive);
    const common = { isSparse: false, mode: 0o644, size: 0 };
    expect(await listOf(reader)).toEqual([
      { ...common, kind: "directory", path: "folder", mode: 0o755, offset: 1024 },
      { ...common, kind: "file", path: "folder/a", mode: 0o4644, size: 5, offset: 1536 },
      { ...common, kind: "symlink", path: "folder/to", target: "b", offset: 2560 },
      { ...common, kind: "symlink", path: "absolute", target: "etc/x", offset: 3072 },
      { ...common, kind: "hardlink", path: "folder/hard", target: "folder/a", offset: 3584 },
      { ...common, kind: "file", path: "b", offset: 4096 },
    ]);
    expect(reader.hasEndBlocks).toBe(true);
    expect(await reader.next()).toBeUndefined();
  });

  test("skips devices, named pipes and unknown types, with their bodies", async () => {
    const members = await list(
      ...["3", "4", "6"].map((typeflag) => member({ name: "device", typeflag, size: 9 })),
      member({ name: "unknown", typeflag: "Z", body: "body" }),
      member({ name: "file", body: "x" }),
    );
    expect(members.map(({ path }) => path)).toEqual(["file"]);
  });

  test("accepts all file types: Version 7 files, contiguous files, and Version 7 folders, whose names end with a slash", async () => {
    const members = await list(
      member({ name: "v7", typeflag: "\0", magic: "\0".repeat(8), body: "abc" }),
      member({ name: "folder/", typeflag: "\0", magic: "\0".repeat(8) }),
      member({ name: "contiguous", typeflag: "7", body: "abc" }),
    );
    expect(members.map(({ path, kind, size }) => [path, kind, size])).toEqual([
      ["v7", "file", 3],
      ["folder", "directory", 0],
      ["contiguous", "file", 3],
    ]);
  });

  test("cleans names as Go does: no leading slash, no `.` or `..` parts, nothing outside the archive", async () => {
    const names = ["/etc/passwd", "a/./b//c", "../../x", "a/../../y", "twice", "twice"];
    const members = await list(...names.map((name) => member({ name })));
    expect(members.map(({ path }) => path)).toEqual(["etc/passwd", "a/b/c", "x", "y", "twice", "twice"]);
  });

  test("takes names from PAX, then from GNU, then from the header", async () => {
    const longName = "long/".repeat(40);
    const gnu = [
      member({ typeflag: "L", body: `${longName}a\0noise` }),
      member({ typeflag: "K", body: `${longName}b` }),
    ];
    const link = member({ name: "cut", typeflag: "2", linkName: "cut" });
    const members = await list(
      ...[...gnu, link],
      ...[...gnu, pax({ path: "pax", linkpath: "to" }), link],
      ...[pax({ path: "", linkpath: "" }), link],
      pax({ path: "for-all" }, "g"),
      member({ name: Buffer.from("\xff", "latin1") }),
    );
    expect(members.map((found) => [found.path, "target" in found && found.target])).toEqual([
      [`${longName}a`, `${longName}${longName}b`],
      ["pax", "to"],
      ["cut", "cut"],
      ["\uFFFD", false],
    ]);
  });

  test("uses the size of the PAX header, and the last of two sizes", async () => {
    const body = "x".repeat(600);
    const contents = await contentsOf(
      open(
        tar(
          pax(Buffer.from("8 size=1\n10 size=600\n".replace("8 ", "9 ").replace("10 ", "12 "))),
          member({ name: "a", body, size: 0 }),
          pax({ size: "" }),
          tarFile("b", "12345"),
        ),
      ),
    );
    expect([contents["a"]?.length, contents["b"]?.toString()]).toEqual([600, "12345"]);
  });

  test("finds the next member after a body was read in part", async () => {
    const reader = open(tar(tarFile("a", "x".repeat(1500)), tarFile("b", "y")));
    await reader.next();
    for await (const _ of reader.body()) break;
    expect(await reader.next()).toMatchObject({ path: "b" });
    expect((await collect(reader.body())).toString()).toBe("y");
    expect(await collect(reader.body())).toHaveLength(0);
  });

  test("ignores what follows the end, and reports a missing end", async () => {
    const file = tarFile("a", "x");
    const more = open(Buffer.concat([tar(file), Buffer.alloc(200_000, 1)]));
    expect([(await listOf(more)).length, more.hasEndBlocks]).toEqual([1, true]);
    for (const end of [0, 512, 700]) {
      const reader = open(Buffer.concat([file, new Uint8Array(end)]));
      expect([(await listOf(reader)).length, reader.hasEndBlocks]).toEqual([1, false]);
    }
  });

  test.each<[title: string, bytes: Uint8Array, problem: string, message: string]>([
    ["no bytes", new Uint8Array(0), "cut", "no bytes at all.*byte 0"],
    ["an end inside a header", tarFile("a", "x").subarray(0, 300), "cut", "after 300 bytes of it .*byte 0"],
    ["an end inside a body", tarFile("a", "x").subarray(0, 512), "cut", "512 bytes before the end of a member"],
    ["an end inside an extended header", pax({ path: "a" }).subarray(0, 600), "cut", "inside an extended header"],
    [
      "random bytes in the place of a header",
      tar(tarFile("a", ""), Buffer.alloc(512, 1)),
      "not-this-format",
      "byte 512",
    ],
    ["more data after one block of zeros", tar(new Uint8Array(512), tarFile("a", "")), "trailing-data", "byte 512"],
    ["an extended header of over 1 MiB", member({ typeflag: "x", size: 1_048_577 }), "limit", "of 1048577 bytes"],
    ["nine extended headers", tar(...Array(9).fill(pax({ a: "b" })), member({})), "limit", "more than 8"],
    ["a PAX size of -512", tar(pax({ size: "-512" }), member({})), "malformed", 'not a size: "-512".*byte 1024'],
    ["a PAX size over 2^53", tar(pax({ size: "9".repeat(17) }), member({})), "malformed", "not a size"],
    ["a negative size", member({ size: base256(-1n) }), "malformed", "size is negative"],
    ["a broken PAX record", tar(pax(Buffer.from("9 path=abX")), member({})), "malformed", "line feed"],
  ])("refuses %s", async (_title, bytes, problem, message) => {
    await expect(listOf(open(bytes))).rejects.toMatchObject({ problem, message: expect.stringMatching(message) });
  });

  test("accepts eight extended headers before each member", async () => {
    const eight = Array(8).fill(pax({ path: "p" }));
    expect(await list(...eight, member({}), ...eight, member({}))).toHaveLength(2);
  });

  test.each(SPARSE_FORMS)("fills the holes of files that GNU tar wrote as %s", async (form) => {
    const contents = await contentsOf(open(sparseTar(form)));
    expect(Object.keys(contents)).toEqual(["many", "few", "after"]);
    expect(contents["many"]?.equals(manyPieces())).toBe(true);
    expect(contents["few"]?.length).toBe(1_048_579);
    expect(contents["few"]?.subarray(1_048_574).toString()).toBe("\0\0few");
    expect(contents["after"]?.toString()).toBe("after");
  });

  test.each(SPARSE_FORMS)("lists files that GNU tar wrote as %s", async (form) => {
    const members = await listOf(open(sparseTar(form)));
    expect(members.map(({ path, size, isSparse }) => [path, size, isSparse])).toEqual([
      ["many", 1_976_080, true],
      ["few", 1_048_579, true],
      ["after", 5, false],
    ]);
  });
});

describe("the map of a sparse member", () => {
  const [, open] = ways[1] ?? [];
  const read = async (...members: Uint8Array[]): Promise<string> => {
    const reader = open?.(tar(...members));
    if ((await reader?.next()) === undefined || reader === undefined) throw new Error("no member");
    return (await collect(reader.body())).toString();
  };
  const octal = (value: number): string => `${value.toString(8).padStart(11, "0")}\0`;
  /** An old GNU sparse member (GNU tar manual, "Old GNU Format"). */
  const gnu = (map: Readonly<Record<number, string | Uint8Array>>, realSize: number, body: string, size?: number) => {
    const at = { 483: octal(realSize), ...map };
    return member({ typeflag: "S", magic: "ustar  \0", body, at, ...(size !== undefined && { size }) });
  };
  const piece = (offset: number, length: number): string => octal(offset) + octal(length);

  test("in old GNU format ends at an empty entry, and continues in each block that is announced", async () => {
    expect(await read(gnu({ 386: piece(2, 1), 434: piece(9, 9) }, 4, "x"))).toBe("\0\0x\0");
    const blocks = [1, 0].map((isMore, index) => {
      const block = Buffer.alloc(512);
      block.write(piece(2 + index * 2, 1));
      block[504] = isMore;
      return block;
    });
    const header = gnu({ 386: piece(0, 1), 482: "1" }, 5, "", 3);
    const body = Buffer.alloc(512);
    body.write("abc");
    expect(await read(header, ...blocks, body)).toBe("a\0b\0c");
  });

  test("in old GNU format may contain base-256 numbers, and pieces that touch or are empty", async () => {
    const map = { 386: Buffer.concat([base256(1n), base256(1n)]), 410: piece(2, 1) + piece(4, 0) };
    expect(await read(gnu(map, 4, "xy"))).toBe("\0xy\0");
  });

  const pax10 = (records: Record<string, string>, map: string, body: string, size?: number) => [
    pax({ "GNU.sparse.major": "1", "GNU.sparse.minor": "0", ...records }),
    member({ body: map.padEnd(512, "\0") + body, ...(size !== undefined && { size }) }),
  ];

  test("in PAX 1.0 format is a list of numbers before the body, and may be longer than a block", async () => {
    expect(await read(...pax10({ "GNU.sparse.realsize": "3" }, "1\n1\n1\n", "x"))).toBe("\0x\0");
    expect(await read(...pax10({ "GNU.sparse.realsize": "3" }, "0\n", ""))).toBe("\0\0\0");
    const numbers = Array.from({ length: 200 }, (_, index) => `${1000 + index * 2}\n1\n`).join("");
    const long = `200\n${numbers}`;
    const padded = long.padEnd(Math.ceil(long.length / 512) * 512, "\0");
    const content = await read(...pax10({ "GNU.sparse.realsize": "1399" }, padded, "x".repeat(200)));
    expect(content).toBe(`${"\0".repeat(1000) + "x\0".repeat(199)}x`);
  });

  test("in PAX 0.0 and 0.1 format is in the PAX records", async () => {
    const named = { "GNU.sparse.name": "real", "GNU.sparse.size": "3" };
    expect(await read(pax({ ...named, "GNU.sparse.map": "1,1" }), member({ body: "x" }))).toBe("\0x\0");
    const records = Buffer.concat([
      pax({ "GNU.sparse.size": "5" }),
      ...[0, 1, 4, 1].map((value, index) =>
        pax({ [`GNU.sparse.${index % 2 === 0 ? "offset" : "numbytes"}`]: `${value}` }),
      ),
    ]);
    const bodies = [0, 1, 2, 3, 4].map((index) => records.subarray(index * 1024 + 512, index * 1024 + 1024));
    const joined = Buffer.concat(bodies.map((body) => body.subarray(0, body.indexOf(0))));
    expect(await read(pax(joined), member({ body: "ab" }))).toBe("a\0\0\0b");
  });

  test("is only expected when the PAX records announce one", async () => {
    expect(await read(pax({ "GNU.sparse.name": "real" }), member({ body: "x" }))).toBe("x");
  });

  test("may not end before its last block", async () => {
    const cut = (archive: Uint8Array) => open?.(archive).next();
    const isBroken = { problem: "malformed", message: "the map of a sparse member is broken (at byte 600)" };
    const longer = Buffer.concat([gnu({ 482: "1" }, 4, "", 0).subarray(0, 512), new Uint8Array(88)]);
    await expect(cut(longer)).rejects.toMatchObject(isBroken);
    const [extension = new Uint8Array(), file = new Uint8Array()] = pax10(
      { "GNU.sparse.realsize": "9" },
      "2\n0\n1\n",
      "",
    );
    const lines = Buffer.concat([extension, file]).subarray(0, extension.length + 512 + 100);
    await expect(cut(lines)).rejects.toMatchObject({ problem: "malformed" });
  });

  test("is read no further when its count cannot be true, and to its end when it can", async () => {
    const end = async (count: string) => {
      const members = pax10({ "GNU.sparse.realsize": "9" }, `${count}\n`.padEnd(2048, "\0"), "");
      const error = await read(...members).catch((reason: unknown) => reason);
      return [Reflect.get(Object(error), "message")];
    };
    // The extended header and the header of the member are in front of the map.
    const at = (blocks: number) => [`the map of a sparse member is broken (at byte ${(3 + blocks) * 512})`];
    expect(await end("x")).toEqual(at(1));
    expect(await end("1000001")).toEqual(at(1));
    expect(await end("1000000")).toEqual(at(4));
  });

  const broken = /map of a sparse member is/;
  test.each<[title: string, members: readonly Uint8Array[]]>([
    ["pieces that overlap", [gnu({ 386: piece(0, 2) + piece(1, 1) }, 4, "abc")]],
    ["a piece past the end", [gnu({ 386: piece(3, 2) }, 4, "ab")]],
    ["a letter in a number", [gnu({ 386: "0000000000x\0".repeat(2) }, 4, "a")]],
    ["a negative offset", [gnu({ 386: Buffer.concat([base256(-1n), base256(1n)]) }, 4, "a")]],
    ["a body that is shorter than its pieces", [gnu({ 386: piece(0, 2) }, 4, "a")]],
    ["a body that is longer than its pieces", [gnu({ 386: piece(0, 2) }, 4, "abc")]],
    ["no real size", pax10({}, "1\n0\n1\n", "x")],
    ["a real size in letters", pax10({ "GNU.sparse.realsize": "0x9" }, "1\n0\n1\n", "x")],
    ["a count in letters", pax10({ "GNU.sparse.realsize": "9" }, "x\n0\n1\n", "x")],
    ["no count", pax10({ "GNU.sparse.realsize": "9" }, "\n0\n1\n", "x")],
    ["no line break", pax10({ "GNU.sparse.realsize": "9" }, "1".repeat(512), "x")],
    ["a count of over a million", pax10({ "GNU.sparse.realsize": "9" }, "1000001\n", "x")],
    ["fewer numbers than its count", pax10({ "GNU.sparse.realsize": "9" }, "2\n0\n1\n", "")],
    ["a map longer than the body", pax10({ "GNU.sparse.realsize": "9" }, "1\n0\n1\n", "x", 3)],
    ["an odd number of numbers", [pax({ "GNU.sparse.size": "9", "GNU.sparse.map": "0,1,2" }), member({ body: "x" })]],
    ["a blank number", [pax({ "GNU.sparse.size": "9", "GNU.sparse.map": "0," }), member({ body: "x" })]],
  ])("is refused with %s", async (_title, members) => {
    await expect(read(...members)).rejects.toMatchObject({
      problem: "malformed",
      message: expect.stringMatching(broken),
    });
  });
});
