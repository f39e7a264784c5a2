import { describe, expect, test } from "@jest/globals";
import { memorySource, type RandomAccessSource, readExactly } from "./source.ts";
import { type CraftedEnd, type CraftedEntry, zip } from "./testing/crafted-zip.ts";
import { chunked, collect } from "./testing/streams.ts";
import { openZip, readZipEntry, storedSource } from "./zip-reader.ts";
import { readZipStream } from "./zip-stream.ts";

type Files = Record<string, string>;

async function readRandomly(bytes: Uint8Array): Promise<Files> {
  const source = memorySource(bytes);
  const files: Files = {};
  for (const entry of await openZip(source)) {
    files[entry.path] = (await collect(readZipEntry(source, entry))).toString("latin1");
  }
  return files;
}

async function readForward(bytes: Uint8Array, chunkSize: number): Promise<Files> {
  const files: Files = {};
  for await (const { path, content } of readZipStream(chunked(bytes, chunkSize))) {
    files[path] = (await collect(content)).toString("latin1");
  }
  return files;
}

const readers: [string, (bytes: Uint8Array) => Promise<Files>][] = [
  ["read with random access", readRandomly],
  ["streamed in pieces of an odd size", (bytes) => readForward(bytes, 7)],
  ["streamed at once", (bytes) => readForward(bytes, 1 << 20)],
];

const text = "the quick brown fox ".repeat(50);

describe.each(readers)("a zip %s", (way, read) => {
  const streams = way !== "read with random access";

  test.each<[string, CraftedEntry[], CraftedEnd]>([
    ["stored", [{ name: "a", data: text }], {}],
    ["deflated", [{ name: "a", data: text, deflate: true }], {}],
    ["stored with a data descriptor", [{ name: "a", data: text, descriptor: "signed" }], {}],
    ["deflated with a data descriptor", [{ name: "a", data: text, deflate: true, descriptor: "signed" }], {}],
    ["stored with a 64-bit data descriptor", [{ name: "a", data: text, descriptor: "signed64", zip64: true }], {}],
    ["with a zip64 end record", [{ name: "a", data: text, zip64: true }], { zip64: {} }],
    ["with an unnecessary zip64 end record", [{ name: "a", data: text }], { zip64: {}, count: 1 }],
    ["empty", [], {}],
    ["with other extra fields", [{ name: "a", data: text, extra: Buffer.from("UT\x01\x00\x07") }], {}],
  ])("%s returns its content", async (_, entries, end) => {
    const expected = Object.fromEntries(entries.map(({ name }) => [name, text]));
    // A field may only have its maximum value when the zip64 record has the real one.
    const whole = end.count === 1 ? zip(entries, { zip64: {} }) : zip(entries, end);
    expect(await read(whole)).toEqual(expected);
  });

  test("returns several files, empty files and folders", async () => {
    const bytes = zip([
      { name: "folder/", mode: 0o040755 },
      { name: "folder/ä", data: "1", descriptor: "signed" },
      { name: "empty", data: "", descriptor: "signed", deflate: true },
      { name: "empty-stored", data: "", descriptor: "signed" },
      { name: "empty-64", data: "", descriptor: "signed64", zip64: true },
      { name: "last", data: text, deflate: true },
    ]);
    expect(await read(bytes)).toEqual({
      folder: "",
      "folder/ä": "1",
      empty: "",
      "empty-stored": "",
      "empty-64": "",
      last: text,
    });
  });

  test("treats bytes in stored data that look like a descriptor as data", async () => {
    const inner = zip([{ name: "b", data: "inner", descriptor: "signed" }]);
    const data = Buffer.concat([Buffer.from("PK\x07\x08PK\x07\x08"), inner, Buffer.from("PK\x07\x08")]);
    expect(await read(zip([{ name: "a", data, descriptor: "signed" }]))).toEqual({ a: data.toString("latin1") });
  });

  const a: CraftedEntry = { name: "a", data: text };
  const wrong: [string, string, Uint8Array, RegExp][] = [
    ["B71", "no end record", zip([a]).subarray(0, -22), /end record|zip64/],
    ["B72", "an end inside the directory", zip([a]).subarray(0, -30), /end record/],
    ["F08", "an end inside the data", zip([a]).subarray(0, 500), /end record|end of a member/],
    ["F08", "an end inside a local header", zip([a]).subarray(0, 20), /only 20 bytes|cut short/],
    ["B73", "a wrong count", zip([a], { count: 2 }), /1 entry, but its end record says 2/],
    ["B73", "a wrong offset", zip([a], { directoryOffset: 5 }), /does not end at its end record/],
    ["B73", "a wrong size", zip([a], { directorySize: 20 }), /does not end at its end record/],
    ["B74", "a zip64 count that differs", zip([a], { zip64: { count: 2n } }), /end record says 2/],
    ["B74", "a zip64 offset that differs", zip([a], { zip64: { offset: 1n } }), /does not end at its/],
    [
      "B74",
      "zip64 and short counts that differ",
      zip([a], { zip64: { count: 2n }, count: 1 }),
      /zip64 end record differ/,
    ],
    ["B74", "a locator that points elsewhere", zip([a], { zip64: { located: 0n } }), /locator points to 0/],
    ["B74", "a zip64 number over 2^53", zip([a], { zip64: { size: 2n ** 60n } }), /larger than 2\^53/],
    ["B74", "two zip64 fields", zip([{ ...a, zip64: true, extra: zip64Field() }]), /two zip64 fields/],
    [
      "B74",
      "a zip64 field that the header does not refer to",
      zip([{ ...a, extra: zip64Field() }]),
      /does not match the header/,
    ],
    ["B75", "two names", zip([{ ...a, nameLocal: "b" }]), /differ in the name/],
    ["F57, F141", "two names of different length", zip([{ ...a, nameLocal: "other" }]), /differ in the name/],
    ["B75", "two sizes", zip([{ ...a, sizeLocal: 3 }]), /differ in size|begin behind/],
    ["B75", "two methods", zip([{ ...a, deflate: true, methodLocal: 0 }]), /differ in the method|end of a member/],
    ["B76", "a wrong CRC in the descriptor", zip([{ ...a, descriptor: "signed", crcDescriptor: 1 }]), /descriptor/],
    ["B76", "a wrong size in the descriptor", zip([{ ...a, descriptor: "signed", sizeDescriptor: 1 }]), /descriptor/],
    [
      "B76",
      "a wrong descriptor of deflated data",
      zip([{ ...a, deflate: true, descriptor: "signed", crcDescriptor: 1 }]),
      /descriptor/,
    ],
    [
      "B77",
      "two entries over one range",
      zip([a, { ...a, name: "b", headerOffset: 0 }]),
      /reaches into|different offset|begin behind/,
    ],
    [
      "B77",
      "data that reaches into the directory",
      zip([{ ...a, compressedSize: 1040, size: 1040 }]),
      /reaches into|end of a member|directory/,
    ],
    ["B78", "a wrong CRC", zip([{ ...a, crc: 0xdeadbeef }]), /CRC/],
    ["B78", "a wrong CRC of deflated data", zip([{ ...a, deflate: true, crc: 1 }]), /CRC/],
    [
      "F48",
      "a wrong CRC everywhere",
      zip([{ ...a, crc: 7, crcDescriptor: 7, descriptor: "signed" }]),
      /CRC|descriptor/,
    ],
    ["B79", "a size too short", zip([{ ...a, deflate: true, size: 10 }]), /more than 10|size/],
    ["B79", "a size too long", zip([{ ...a, deflate: true, size: 5000 }]), /1000, expected 5000|size/],
    ["B79", "a stored file with different sizes", zip([{ ...a, size: 999 }]), /stored|directory|zip/],
    [
      "F49",
      "deflated data with trailing bytes",
      zip([{ ...a, deflate: true, raw: Buffer.concat([deflated(), Buffer.from("xx")]) }]),
      /ends after|directory|signature/,
    ],
    [
      "F49",
      "truncated deflated data",
      zip([{ ...a, deflate: true, raw: deflated().subarray(0, 20) }]),
      /too early|broken|begin behind/,
    ],
    ["B80", "two entries with one name (F53)", zip([a, a]), /become two|twice/],
    [
      "B80",
      "a folder twice",
      zip([
        { name: "f/", mode: 0 },
        { name: "f/", mode: 0 },
      ]),
      /twice/,
    ],
    ["F59", "names that only differ in case", zip([a, { ...a, name: "A" }]), /become one file/],
    [
      "F59",
      "names that only differ in Unicode normalization",
      zip([
        { ...a, name: "\u00e9" },
        { ...a, name: "e\u0301" },
      ]),
      /become one file/,
    ],
    ["B81", "a path that leaves the archive (F51)", zip([{ ...a, name: "../a" }]), /leave the archive/],
    ["B81", "an absolute path", zip([{ ...a, name: "/a" }]), /absolute/],
    ["B81", "a drive letter", zip([{ ...a, name: "C:a" }]), /absolute/],
    ["B81", "a backslash", zip([{ ...a, name: "..\\a" }]), /backslash/],
    ["B81", "a network path", zip([{ ...a, name: "\\\\host\\a" }]), /backslash/],
    ["B81", "a detour", zip([{ ...a, name: "./a" }]), /is not a normalized path/],
    ["B82", "a NUL", zip([{ ...a, name: "a\0b" }]), /control character/],
    ["B82", "a line feed", zip([{ ...a, name: "a\n::error::b" }]), /control character/],
    ["F55", "an empty name", zip([{ ...a, name: "" }]), /empty name/],
    ["F55", "the name `.`", zip([{ ...a, name: "." }]), /is not a normalized path/],
    [
      "B83",
      "a second name in an extra field",
      zip([{ ...a, extra: Buffer.from("up\x06\x00\x01\0\0\0\0b") }]),
      /second name/,
    ],
    [
      "B83",
      "non-ASCII letters in an unknown code page",
      zip([{ ...a, name: "\u00e9", flags: 0 }]),
      /not marked as UTF-8/,
    ],
    ["B83", "a name that is not UTF-8", zip([{ ...a, name: Buffer.from([0xff]) }]), /not UTF-8/],
    ["B83", "a byte beyond ASCII", zip([{ ...a, name: Buffer.from([0x80]), flags: 0 }]), /not marked as UTF-8/],
    ["B84", "an encrypted entry", zip([{ ...a, flags: 1 }]), /encrypted/],
    ["F56", "strong encryption", zip([{ ...a, flags: 0x41 }]), /encrypted/],
    ["B84", "an encrypted directory", zip([{ ...a, flags: 0x2000 }]), /encrypted/],
    ["F56", "an unknown flag", zip([{ ...a, flags: 0x20 }]), /flags that are not known/],
    ["B85", "an unknown method", zip([{ ...a, method: 93 }]), /compression method 93/],
    ["B85", "version 6.3", zip([{ ...a, version: 63 }]), /version 6.3/],
    ["B86", "a symbolic link", zip([{ ...a, mode: 0o120777 }]), /symbolic link/],
    ["F52", "a device", zip([{ ...a, mode: 0o020644 }]), /not a plain file/],
    ["B87", "a folder with data", zip([{ ...a, name: "a/", mode: 0 }]), /has data/],
    ["B88", "bytes before", Buffer.concat([Buffer.from("MZ"), zip([a])]), /does not end at its end|gap/],
    [
      "B88",
      "bytes before, offsets right",
      zip([{ name: "b", raw: Buffer.alloc(0), gap: Buffer.from("x") }, a]),
      /gap|directory|no data descriptor|signature|end/,
    ],
    [
      "B88",
      "bytes before an empty directory",
      Buffer.concat([Buffer.from("junk"), zip([], { directoryOffset: 4 })]),
      /belongs to no file|does not begin behind/,
    ],
    ["B88", "bytes after", Buffer.concat([zip([a]), Buffer.from("x")]), /end record/],
    ["B88", "a comment", zip([a], { comment: "hello" }), /end record/],
    [
      "F58",
      "bytes between the data and the directory",
      zip([{ ...a, gap: Buffer.from("0123456789") }]),
      /gap behind|directory/,
    ],
    [
      "B89",
      "two archives joined",
      Buffer.concat([zip([a]), zip([{ ...a, name: "b" }])]),
      /does not end at its end|directory/,
    ],
    ["B91", "a count that wraps around", zip([a], { count: 65_537 + 1 }), /1 entry, but its end record says 2/],
    ["B92", "a file and a folder with one name", zip([a, { ...a, name: "a/b" }]), /as a folder/],
    ["F54", "a folder and a file with one name", zip([{ ...a, name: "a/b" }, a]), /as a file/],
    ["B93", "a device name of Windows", zip([{ ...a, name: "x/con.txt" }]), /Windows/],
    ["F100", "a name that Windows would change", zip([{ ...a, name: "a." }]), /Windows/],
    ["F13", "a web page", Buffer.from("<!doctype html><title>Sign in</title>".padEnd(500)), /end record/],
    ["F46", "nothing", Buffer.alloc(0), /only 0 bytes/],
  ];

  test.each(wrong)("refuses %s: %s", async (_id, _what, bytes, message) => {
    const reading = read(bytes);
    await expect(reading).rejects.toMatchObject({ name: "ArchiveError" });
    await expect(reading).rejects.toThrow(message);
  });

  test("refuses a bomb as soon as its ratio shows (F50, B90)", async () => {
    const bytes = zip([{ name: "a", data: Buffer.alloc(40_000_000), deflate: true }]);
    expect(bytes.length).toBeLessThan(50_000);
    await expect(read(bytes)).rejects.toMatchObject({ problem: "limit" });
  });

  test("does not open a zip inside the zip (B90)", async () => {
    const inner = zip([{ name: "b", data: text }]);
    expect(await read(zip([{ name: "a", data: inner }]))).toEqual({ a: inner.toString("latin1") });
  });

  test(`${streams ? "needs a signature to see the end of" : "reads"} data with a bare descriptor`, async () => {
    const reading = read(zip([{ ...a, descriptor: "bare" }]));
    if (streams) await expect(reading).rejects.toThrow("before the data descriptor of a stored file");
    else expect(await reading).toEqual({ a: text });
  });
});

describe("storedSource", () => {
  test("returns any part of a stored file from the zip", async () => {
    const source = memorySource(zip([{ name: "x" }, { name: "a", data: text, descriptor: "signed" }]));
    const entry = (await openZip(source)).find(({ path }) => path === "a");
    const stored = entry && storedSource(source, entry);
    expect(stored?.size).toBe(text.length);
    expect(Buffer.from(stored ? await readExactly(stored, 20, 19) : []).toString()).toBe("the quick brown fox");
  });

  test("returns undefined for a compressed file", async () => {
    const source = memorySource(zip([{ name: "a", data: text, deflate: true }]));
    const [entry] = await openZip(source);
    expect(entry && storedSource(source, entry)).toBeUndefined();
  });

  test("finds a file of more than 4 GiB, as the published artifact client writes it, without reading it", async () => {
    const size = 5 * 1024 ** 3;
    const small = zip([{ name: "a", compressedSize: size, size, crc: 7, zip64: true, descriptor: "signed64" }]);
    const [header, tail] = [small.subarray(0, 51), small.subarray(51)];
    const whole = zip([{ name: "a", compressedSize: size, size, crc: 7, zip64: true, descriptor: "signed64" }], {
      zip64: { offset: BigInt(51 + size + 24), located: BigInt(51 + size + tail.length - 22) },
    });
    const end = whole.subarray(51);
    const source: RandomAccessSource = {
      size: 51 + size + end.length,
      async *read(offset, length) {
        if (offset + length <= 51) yield header.subarray(offset, offset + length);
        else if (offset >= 51 + size) yield end.subarray(offset - 51 - size, offset - 51 - size + length);
        else throw new Error("the content was read");
      },
    };
    const [entry] = await openZip(source);
    expect(entry).toMatchObject({ path: "a", size, dataOffset: 51 });
    expect(entry && storedSource(source, entry)?.size).toBe(size);
  });

  test("lists symbolic links for callers that only list entries", async () => {
    const source = memorySource(
      zip([
        { name: "link", mode: 0o120777 },
        { name: "tool", mode: 0o100755 },
      ]),
    );
    const entries = await openZip(source, undefined, "list");
    expect(entries.map(({ path, isLink }) => [path, isLink])).toEqual([
      ["link", true],
      ["tool", false],
    ]);
  });

  test("keeps the recorded mode (F60)", async () => {
    const [entry] = await openZip(memorySource(zip([{ name: "tool", mode: 0o100755 }])));
    expect(entry?.mode).toBe(0o755);
  });
});

function zip64Field(): Uint8Array {
  return Buffer.concat([Buffer.from([1, 0, 16, 0]), Buffer.alloc(16)]);
}

function deflated(): Uint8Array {
  const bytes = zip([{ name: "a", data: text, deflate: true }]);
  return bytes.subarray(31, bytes.indexOf(Buffer.from([0x50, 0x4b, 1, 2])));
}
