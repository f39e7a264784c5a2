import { describe, expect, test } from "@jest/globals";
import { memorySource, type RandomAccessSource } from "./source.ts";
import { type ScannedMember, scanTar } from "./tar-scan.ts";
import { base256, member, pax, tar } from "./testing/crafted-tar.ts";

async function scan(bytes: Uint8Array): Promise<ScannedMember[]> {
  const members: ScannedMember[] = [];
  for await (const found of scanTar(memorySource(bytes))) members.push(found);
  return members;
}

/** The only member. */
async function scanOne(...members: Uint8Array[]): Promise<ScannedMember> {
  const [found, second] = await scan(tar(...members));
  if (found === undefined || second !== undefined) throw new Error("expected one member");
  return found;
}

/** Values of ustar header fields by offset (POSIX.1-2017 pax, "ustar Interchange Format"). */
const owned = {
  100: "0004755\0",
  108: "0001750\0",
  116: "0000144\0",
  136: "14000000000\0",
  265: "alice\0",
  297: "staff\0",
  329: "0000010\0",
  337: "0000003\0",
};

describe("scanTar", () => {
  test("reads numbers that fill their fields, since some writers leave out the final NUL", async () => {
    const full = { 100: "77777777", 108: "77777776", 116: "77777775" };
    const found = await scanOne(member({ name: "name", at: full }));
    expect([found.mode, found.uid, found.gid]).toEqual([0o77777777, 0o77777776, 0o77777775]);
  });

  test("reads every field of a ustar header", async () => {
    const header = { name: "name", prefix: "deep/folder", linkName: "target", body: "12345", at: owned };
    const [, found] = await scan(tar(member({ name: "first", body: "x" }), member(header)));
    expect(found).toEqual({
      name: "deep/folder/name",
      typeflag: "0",
      linkName: "target",
      mode: 0o4755,
      uid: 1000,
      gid: 100,
      userName: "alice",
      groupName: "staff",
      mtime: 0o14000000000,
      device: "8,3",
      size: 5,
      headerOffset: 1024,
      offset: 1536,
      form: "ustar",
      pax: new Map(),
      paxHeaderName: "",
    });
  });

  test("ignores the prefix field of a GNU header, which holds times, and all ustar fields of a Version 7 header", async () => {
    expect(await scanOne(member({ magic: "ustar  \0", prefix: "14000000000\0", at: owned }))).toMatchObject({
      ...{ form: "gnu", name: "file", userName: "alice", groupName: "staff", device: "8,3" },
    });
    expect(await scanOne(member({ magic: "\0".repeat(8), prefix: "noise", at: owned }))).toMatchObject({
      ...{ form: "v7", name: "file", uid: 1000, userName: "", groupName: "", device: "" },
    });
  });

  test("reads the type NUL of Version 7 as a file", async () => {
    expect(await scanOne(member({ typeflag: "\0", body: "abc" }))).toMatchObject({ typeflag: "0", size: 3 });
  });

  test("shows names unchanged, and escapes bytes that are not UTF-8", async () => {
    const names = ["/etc/../x", "./a", "a", "a", "ü", Buffer.from("\xff\x80a", "latin1")];
    const found = await scan(tar(...names.map((name) => member({ name }))));
    expect(found.map(({ name }) => name)).toEqual(["/etc/../x", "./a", "a", "a", "ü", "\\xff\\x80a"]);
  });

  test("reads a name that fills its field to the last byte", async () => {
    expect(await scanOne(member({ name: "n".repeat(100), linkName: "l".repeat(100), typeflag: "2" }))).toMatchObject({
      name: "n".repeat(100),
      linkName: "l".repeat(100),
    });
  });

  test.each<[title: string, field: string | Uint8Array, value: number]>([
    ["digits up to a blank", "644 \0\0\0\0", 0o644],
    ["leading blanks", "   644\0 ", 0o644],
    ["digits without a terminator", "00000644", 0o644],
    ["nothing", "\0".repeat(8), 0],
    ["blanks", " ".repeat(8), 0],
    ["letters", "letters\0", 0],
    ["base-256", Uint8Array.of(0x80, 0, 0, 0, 0, 0, 1, 2), 258],
    ["base-256 with bits in its first byte", Uint8Array.of(0x81, 0, 0, 0, 0, 0, 0, 2), 2 ** 56 + 2],
    ["negative base-256", Uint8Array.of(0xff, 255, 255, 255, 255, 255, 255, 254), -2],
  ])("reads a number of %s", async (_title, field, value) => {
    expect((await scanOne(member({ at: { 108: field } }))).uid).toBe(value);
  });

  test("lists types of members that never have a body, whatever their size field says", async () => {
    for (const typeflag of "123456") {
      const [link, next] = await scan(tar(member({ typeflag, size: 7 }), member({ name: "next" })));
      expect([link?.typeflag, link?.size, next?.name]).toEqual([typeflag, 0, "next"]);
    }
    for (const typeflag of ["7", "Z"]) {
      const [file, next] = await scan(tar(member({ typeflag, body: "1234567" }), member({ name: "next" })));
      expect([file?.typeflag, file?.size, next?.name]).toEqual([typeflag, 7, "next"]);
    }
  });

  test("applies long names of GNU to the next member only", async () => {
    const [long, short] = await scan(
      tar(
        member({ name: "././@LongLink", typeflag: "L", body: `${"long/".repeat(40)}\0` }),
        member({ name: "././@LongLink", typeflag: "K", body: "to\0" }),
        member({ name: "cut", typeflag: "2", linkName: "cut" }),
        member({ name: "short", typeflag: "2", linkName: "near" }),
      ),
    );
    expect([long?.name, long?.linkName]).toEqual(["long/".repeat(40), "to"]);
    expect([short?.name, short?.linkName]).toEqual(["short", "near"]);
  });

  test("applies a PAX header to the next member, and a global one to all members where no other overrides it", async () => {
    const records = { path: "pax", linkpath: "to", uid: "7", gid: "8", uname: "u", gname: "g", mtime: "1.5" };
    const [first, second] = await scan(
      tar(
        pax({ uid: "1", uname: "all", comment: "git" }, "g"),
        pax(records),
        member({ name: "cut", linkName: "cut", at: owned }),
        member({ name: "second", at: owned }),
      ),
    );
    expect(first).toMatchObject({ name: "pax", linkName: "to", uid: 7, gid: 8, userName: "u", groupName: "g" });
    expect(first?.pax).toEqual(new Map(Object.entries({ ...records, comment: "git" })));
    expect(first?.paxHeaderName).toBe("pax");
    expect(second).toMatchObject({ name: "second", uid: 1, gid: 100, userName: "all", groupName: "staff" });
    expect([second?.pax.get("mtime"), second?.paxHeaderName]).toEqual([undefined, ""]);
  });

  test("prefers a PAX header to a long name of GNU, and the last of two PAX headers", async () => {
    const long = member({ typeflag: "L", body: "gnu\0" });
    expect((await scanOne(pax({ path: "first" }), long, pax({ path: "last" }), member({}))).name).toBe("last");
  });

  test.each<[title: string, size: string, expected: number]>([
    ["a size", "600", 600],
    ["text that is not a number", "much", 5],
    ["a negative number, which would lead backwards", "-512", 5],
    ["nothing", "", 5],
  ])("finds the next member when a PAX size record contains %s", async (_title, size, expected) => {
    const body = "x".repeat(expected);
    const [found, next] = await scan(tar(pax({ size }), member({ body, size: 5 }), member({ name: "next" })));
    expect([found?.size, next?.name]).toEqual([expected, "next"]);
  });

  test.each<[title: string, records: string, names: readonly string[]]>([
    ["the shortest record", "5 a=\n", ["a"]],
    ["a record without a key between others", "5 a=\n6 =ab\n5 b=\n", ["a", "b"]],
    ["a record without `=`", "6 abc\n5 b=\n", ["b"]],
    ["a length that is not a number", "5 a=\nx b=\n5 c=\n", ["a"]],
    ["a length of zero", "5 a=\n0 b=\n", ["a"]],
    ["a record that reaches past the end", "5 a=\n9 b=\n", ["a"]],
    ["no blank", "5 a=\nabcdef", ["a"]],
  ])("reads the valid PAX records of a header: %s", async (_title, records, names) => {
    expect([...(await scanOne(pax(Buffer.from(records)), member({}))).pax.keys()]).toEqual(names);
  });

  test("escapes the bytes of a PAX value that is not UTF-8", async () => {
    const records = Buffer.from("10 path=a\xff\n".replace("10", "11"), "latin1");
    expect((await scanOne(pax(records), member({}))).name).toBe("a\\xff");
  });

  test("ends at a block of zeros, whatever follows, or at the end of the file", async () => {
    const archive = member({ name: "a", body: "x" });
    const names = async (bytes: Uint8Array) => (await scan(bytes)).map(({ name }) => name);
    expect(await names(Buffer.concat([archive, new Uint8Array(512), member({ name: "b" })]))).toEqual(["a"]);
    expect(await names(archive)).toEqual(["a"]);
    expect(await names(Buffer.concat([archive, Buffer.from("half a block")]))).toEqual(["a"]);
    expect(await names(new Uint8Array(0))).toEqual([]);
  });

  test.each<[title: string, bytes: Uint8Array, problem: string, message: string]>([
    [
      "random bytes in the place of a header",
      tar(member({}), Buffer.alloc(512, 1)),
      "malformed",
      "no tar header .* 512",
    ],
    ["a body cut short", member({ body: "12345" }).subarray(0, 514), "cut", "ends 3 bytes before .* byte 0"],
    ["an extended header cut short", pax({ path: "abc" }).subarray(0, 515), "cut", "outside its 515 bytes"],
    ["a size over 2^53", member({ size: base256(2n ** 60n) }), "malformed", "size is not a number"],
    ["a negative size", member({ size: base256(-1n) }), "malformed", "size is not a number"],
    ["an extended header of over 1 MiB", member({ typeflag: "x", size: 1_048_577 }), "limit", "of 1048577 bytes"],
    ["66 extended headers in a row", tar(...Array(66).fill(pax({ path: "a" }))), "limit", "extended header"],
  ])("refuses %s", async (_title, bytes, problem, message) => {
    await expect(scan(bytes)).rejects.toMatchObject({ problem, message: expect.stringMatching(message) });
  });

  test("accepts the limits: an extended header of 1 MiB, 65 extended headers, a body that ends with the file", async () => {
    const large = pax({ path: "p".repeat(1_048_576 - "1048576 path=\n".length) });
    expect((await scanOne(large, member({}))).name).toHaveLength(1_048_562);
    expect((await scanOne(...Array(65).fill(pax({ path: "a" })), member({}))).name).toBe("a");
    expect((await scan(member({ body: "12345" }).subarray(0, 517))).map(({ size }) => size)).toEqual([5]);
  });

  test("reads only headers, and stops when the signal is aborted", async () => {
    const archive = tar(member({ body: Buffer.alloc(100_000) }), member({}));
    let read = 0;
    const memory = memorySource(archive);
    const source: RandomAccessSource = {
      size: archive.length,
      read(offset, length, signal) {
        read += length;
        return memory.read(offset, length, signal);
      },
    };
    const names: string[] = [];
    for await (const { name } of scanTar(source)) names.push(name);
    expect([names.length, read]).toEqual([2, 3 * 512]);
    const aborted = scanTar(source, AbortSignal.abort(new Error("cancelled")));
    await expect(aborted.next()).rejects.toThrow("cancelled");
  });
});
