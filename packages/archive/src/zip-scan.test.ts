import { zstdCompressSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import { memorySource } from "./source.ts";
import { type CraftedEnd, type CraftedEntry, zip } from "./testing/crafted-zip.ts";
import { collect } from "./testing/streams.ts";
import { extraFields, type ScannedEntry, scanZip } from "./zip-scan.ts";

const scan = (bytes: Uint8Array) => scanZip(memorySource(bytes));

async function scanOne(entry: CraftedEntry, end: CraftedEnd = {}): Promise<ScannedEntry> {
  const [found, second] = (await scan(zip([entry], end))).entries;
  if (found === undefined || second !== undefined) throw new Error("expected one entry");
  return found;
}

async function contentOf(entry: ScannedEntry | undefined): Promise<string | undefined> {
  const content = entry?.read();
  return content && (await collect(content)).toString();
}

const HELLO = {
  bzip2: "425a68393141592653591931653d00000081000244a000219a68334d07338bb9229c28480c98b29e80",
  xz: "fd377a585a000004e6d6b4460200210116000000742fe5a301000468656c6c6f00000000b137b9dbe5da1e9b00011d05b82d80af1fb6f37d010000000004595a",
} as const;

describe("scanZip", () => {
  test("reads every field of an entry, and its content", async () => {
    const entry = await scanOne({
      name: "folder/ä",
      data: "hello ".repeat(100),
      deflate: true,
      mode: 0o100755,
      comment: "näher",
      extra: Buffer.from("central"),
      extraLocal: Buffer.from("local!"),
      dosTime: ((44 << 25) | (2 << 21) | (29 << 16) | (23 << 11) | (59 << 5) | 29) >>> 0,
    });
    expect(entry).toMatchObject({
      name: "folder/ä",
      method: "deflate",
      compression: "deflate, option 0",
      isEncrypted: false,
      madeBy: "made by system 3, version 45, flags 0x0",
      mode: "0755",
      isLink: false,
      time: "2024-02-29 23:59:58",
      comment: "näher",
    });
    expect([entry.extra.toString(), entry.localExtra.toString()]).toEqual(["central", "local!"]);
    expect(await contentOf(entry)).toBe("hello ".repeat(100));
    expect(entry.packed.size).toBeLessThan(100);
  });

  test("lists entries in the order of the directory, each with its own data even if names repeat", async () => {
    const { entries } = await scan(
      zip([
        { name: "b", data: "first", extra: Buffer.from("UT\x01\0x"), comment: "one" },
        { name: "a/", mode: 0o040700 },
        { name: "b", data: "second", deflate: true, descriptor: "signed" },
      ]),
    );
    expect(entries.map(({ name, mode, comment }) => [name, mode, comment])).toEqual([
      ["b", "0644", "one"],
      ["a/", "0700", ""],
      ["b", "0644", ""],
    ]);
    expect(await Promise.all(entries.map(contentOf))).toEqual(["first", "", "second"]);
  });

  test.each<[method: number, name: string, raw: Uint8Array, content: string | undefined]>([
    [0, "stored", Buffer.from("hello"), "hello"],
    [12, "bzip2", Buffer.from(HELLO.bzip2, "hex"), "hello"],
    [14, "lzma", Buffer.from("?"), undefined],
    [93, "zstd", zstdCompressSync(Buffer.from("hello")), "hello"],
    [95, "xz", Buffer.from(HELLO.xz, "hex"), "hello"],
    [97, "method 97", Buffer.from("?"), undefined],
  ])("names method %d of APPNOTE 4.4.5 %s", async (method, name, raw, content) => {
    const entry = await scanOne({ name: "a", method, raw, size: 5 });
    expect([entry.method, entry.compression]).toEqual([name, name]);
    expect(await contentOf(entry)).toBe(content);
  });

  test.each([
    [0b000, "deflate, option 0", "0x0"],
    [0b010, "deflate, option 1", "0x0"],
    [0b100, "deflate, option 2", "0x0"],
    [0b110, "deflate, option 3", "0x0"],
    [0x800, "deflate, option 0", "0x0"],
    [0x820, "deflate, option 0", "0x20"],
  ])("reads the deflate option from the flags %d, and shows the remaining flags", async (flags, option, shown) => {
    const entry = await scanOne({ name: "a", data: "x", deflate: true, flags });
    expect([entry.compression, entry.madeBy]).toEqual([option, `made by system 3, version 45, flags ${shown}`]);
  });

  test("does not read encrypted data", async () => {
    const entry = await scanOne({ name: "a", data: "x", flags: 1 });
    expect([entry.isEncrypted, entry.madeBy, entry.read()]).toEqual([
      true,
      "made by system 3, version 45, flags 0x0",
      undefined,
    ]);
  });

  test("reads modes and links only from entries made on Unix", async () => {
    const link = await scanOne({ name: "l", data: "to", mode: 0o120777 });
    expect([link.isLink, link.mode]).toEqual([true, "0777"]);
    const dos = await scanOne({ name: "l", data: "to", mode: 0o120777, madeBy: 20 });
    expect([dos.isLink, dos.mode, dos.madeBy]).toEqual([false, "none", "made by system 0, version 20, flags 0x0"]);
    expect((await scanOne({ name: "l", mode: 0o100007 })).mode).toBe("0007");
  });

  test("shows a name that is not UTF-8 byte by byte", async () => {
    expect((await scanOne({ name: Buffer.from([0x61, 0xe9]), flags: 0 })).name).toBe("aé");
  });

  test("reads zips with data before them, such as self-extracting ones", async () => {
    const { entries } = await scan(Buffer.concat([Buffer.from("#!/bin/sh\n"), zip([{ name: "a", data: "x" }])]));
    expect([entries[0]?.name, await contentOf(entries[0])]).toEqual(["a", "x"]);
  });

  test("reads zips with a comment, and with data after them", async () => {
    const commented = await scan(zip([{ name: "a", data: "x" }], { comment: "hello" }));
    expect([commented.comment, commented.entries.length]).toEqual(["hello", 1]);
    const followed = await scan(Buffer.concat([zip([{ name: "a", data: "x" }]), Buffer.from("more")]));
    expect([followed.comment, await contentOf(followed.entries[0])]).toEqual(["", "x"]);
    expect(await scan(zip([]))).toEqual({ entries: [], comment: "" });
  });

  test("finds the end record before the longest possible comment, and no further from the end", async () => {
    const whole = zip([{ name: "a", data: "x".repeat(1000) }]);
    expect((await scan(Buffer.concat([whole, Buffer.alloc(0xffff)]))).entries).toHaveLength(1);
    await expect(scan(Buffer.concat([whole, Buffer.alloc(0x10000)]))).rejects.toThrow("the zip has no end record");
  });

  test("stops at the first invalid entry of the directory", async () => {
    const bytes = zip([{ name: "a" }, { name: "b" }]);
    bytes[bytes.lastIndexOf("PK\x01\x02")] = 0;
    expect((await scan(bytes)).entries.map(({ name }) => name)).toEqual(["a"]);
  });

  test("reads numbers beyond 32 bits from the zip64 records (APPNOTE 4.3.14, 4.5.3)", async () => {
    expect(await contentOf(await scanOne({ name: "a", data: "x", zip64: true }, { zip64: {} }))).toBe("x");
    const offset = Buffer.alloc(12);
    offset.write("\x01\0\x08\0", "latin1");
    const bytes = zip([
      { name: "first", data: "1" },
      { name: "a", data: "x", headerOffset: 0xffffffff, extra: offset },
    ]);
    const place = bytes.lastIndexOf("PK\x03\x04");
    bytes.writeUInt32LE(place, bytes.lastIndexOf("\x01\0\x08\0") + 4);
    expect(await contentOf((await scan(bytes)).entries[1])).toBe("x");
    const short = await scanOne({ name: "a", data: "x", size: 0xffffffff, extra: Buffer.from("\x01\0\0\0", "latin1") });
    expect(await contentOf(short)).toBe("x");
  });

  test.each<[title: string, bytes: Uint8Array, problem: string, message: RegExp]>([
    ["no end record", Buffer.from("PK and so on"), "cut", /the zip has no end record \(at byte 12\)/],
    ["a truncated end record", zip([]).subarray(0, 21), "cut", /no end record/],
    ["nothing", Buffer.alloc(0), "cut", /no end record \(at byte 0\)/],
    ["a directory of over 64 MiB", zip([], { directorySize: 67_108_865 }), "limit", /has 67108865 bytes/],
    ["a directory outside the file", zip([], { directorySize: 67_108_864 }), "cut", /outside/],
    ["an entry outside the file", zip([{ name: "a", headerOffset: 5000 }]), "cut", /outside/],
    ["data outside the file", zip([{ name: "a", compressedSize: 5000 }]), "cut", /outside/],
  ])("refuses %s", async (_title, bytes, problem, message) => {
    await expect(scan(bytes)).rejects.toMatchObject({ problem, message: expect.stringMatching(message) });
  });
});

test("extraFields returns fields by id, the last of each id, up to a field that is cut off", () => {
  const extra = Buffer.from("0100020061627578010063010001006404", "hex");
  expect([...extraFields(extra)]).toEqual([
    [1, Buffer.from("d")],
    [0x7875, Buffer.from("c")],
  ]);
  expect([...extraFields(Buffer.from("01000900616263", "hex"))]).toEqual([[1, Buffer.from("abc")]]);
  expect([...extraFields(Buffer.from("01000000", "hex"))]).toEqual([[1, Buffer.alloc(0)]]);
  expect(extraFields(Buffer.from("010000", "hex")).size).toBe(0);
});
