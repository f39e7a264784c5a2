import { describe, expect, test } from "@jest/globals";
import { memorySource } from "./source.ts";
import { type CraftedEntry, zip } from "./testing/crafted-zip.ts";
import { collect } from "./testing/streams.ts";
import { openZip, readZipEntry } from "./zip-reader.ts";

const open = (entry: CraftedEntry) => openZip(memorySource(zip([entry])));
const a: CraftedEntry = { name: "a", data: "text" };

describe("a name", () => {
  test.each(["console", "com10", "a.con", "lpt", "aux-b", "a.b.c", "a+b", " a", "nul_"])("may be %j", async (name) => {
    expect((await open({ ...a, name })).map(({ path }) => path)).toEqual([name]);
  });

  test.each([
    ...["con", "PRN.txt", "aux", "NUL.tar.gz", "com0", "COM9.x", "lpt1", "x/con", "con/x"],
    ...["a ", "a.", "a</b", "a<b", "a>b", "xy:z", 'a"b', "a|b", "a?b", "a*b"],
  ])("may not be %j, which is not a file name on Windows", async (name) => {
    await expect(open({ ...a, name })).rejects.toMatchObject({
      problem: "unsafe-name",
      message: expect.stringContaining(`${JSON.stringify(name)} cannot be a file name on Windows`),
    });
  });

  test("of ASCII needs no flag", async () => {
    expect((await open({ ...a, name: "a~\x7f".slice(0, 2), flags: 0 }))[0]?.path).toBe("a~");
  });

  test("that ends with a slash belongs to a folder, which has no data", async () => {
    expect(await open({ name: "folder/", mode: 0 })).toMatchObject([{ path: "folder", kind: "directory", size: 0 }]);
    await expect(open({ name: "folder/", data: "x", mode: 0 })).rejects.toMatchObject({ problem: "malformed" });
  });
});

describe("the mode", () => {
  test.each<[title: string, entry: Partial<CraftedEntry>, mode: number | undefined]>([
    ["of Unix", { mode: 0o100755 }, 0o755],
    ["of Unix, with its special bits", { mode: 0o104755 }, 0o4755],
    ["of macOS", { mode: 0o100600, madeBy: (19 << 8) | 20 }, 0o600],
    ["of Unix without a type", { mode: 0o644 }, 0o644],
    ["of MS-DOS", { mode: 0o100755, madeBy: 20 }, undefined],
    ["that is not set", { mode: 0 }, undefined],
    ["of a link from MS-DOS, which does not have links", { mode: 0o120777, madeBy: 20 }, undefined],
  ])("%s", async (_title, entry, mode) => {
    expect(await open({ ...a, ...entry })).toMatchObject([{ mode, isLink: false }]);
  });

  test.each<[title: string, entry: CraftedEntry, message: string]>([
    ["a link", { ...a, mode: 0o120777 }, '"a" is a symbolic link (at byte 35)'],
    ["a fifo", { ...a, mode: 0o010644 }, "not a plain file or folder, its mode is 10644"],
    ["a file by its mode, a folder by its name", { name: "a/", mode: 0o100644 }, "not a plain file or folder"],
    ["a folder by its mode, a file by its name", { ...a, mode: 0o040755 }, "not a plain file or folder"],
  ])("of %s is refused", async (_title, entry, message) => {
    await expect(open(entry)).rejects.toMatchObject({
      problem: "unsupported",
      message: expect.stringContaining(message),
    });
  });

  test("of a link is accepted if the caller lists links, but not for a folder", async () => {
    const listed = (entry: CraftedEntry) => openZip(memorySource(zip([entry])), undefined, "list");
    expect(await listed({ ...a, mode: 0o120777 })).toMatchObject([{ isLink: true, mode: 0o777 }]);
    await expect(listed({ name: "a/", mode: 0o120777 })).rejects.toThrow("a symbolic link");
    await expect(listed({ ...a, mode: 0o060644 })).rejects.toThrow("not a plain file");
  });
});

describe("flags, methods and versions", () => {
  test.each([0x800, 0x802, 0x804, 0x806])(
    "flags %d are accepted, since they only describe the compression and the name's encoding",
    async (flags) => {
      const source = memorySource(zip([{ ...a, deflate: true, flags }]));
      const [entry] = await openZip(source);
      expect(entry && (await collect(readZipEntry(source, entry))).toString()).toBe("text");
    },
  );

  test.each([
    [{ flags: 1 << 0 }, '"a" is encrypted'],
    [{ flags: 1 << 6 }, '"a" is encrypted'],
    [{ flags: 1 << 13 }, '"a" is encrypted'],
    [{ flags: 1 << 4 }, '"a" has flags that are not known: 0x10'],
    [{ flags: 1 << 15 }, '"a" has flags that are not known: 0x8000'],
    [{ version: 46 }, '"a" needs version 4.6 of the zip format'],
    [{ method: 9 }, '"a" uses the compression method 9'],
  ])("%j is refused", async (fields, message) => {
    await expect(open({ ...a, ...fields })).rejects.toMatchObject({
      ...{ problem: "unsupported", message: expect.stringContaining(message) },
    });
  });

  test("version 4.5, which introduced zip64, is accepted", async () => {
    expect(await open({ ...a, version: 45 })).toHaveLength(1);
  });
});

describe("extra fields", () => {
  const field = (id: number, ...bytes: number[]): Buffer => Buffer.of(id & 0xff, id >> 8, bytes.length, 0, ...bytes);

  test("that are unknown or empty are skipped", async () => {
    expect(
      await open({ ...a, extra: Buffer.concat([field(0x5455, 1, 2, 3), field(0x7875), field(0x9999, 4)]) }),
    ).toHaveLength(1);
  });

  test.each<[title: string, entry: Partial<CraftedEntry>, problem: string, message: string]>([
    ["past their header", { extra: Buffer.of(1, 2, 9, 0, 1) }, "malformed", "an extra field reaches past its header"],
    [
      "that do not fill their space",
      { extra: Buffer.of(1, 2, 0, 0, 1) },
      "malformed",
      "extra fields do not fill their",
    ],
    [
      "with another name",
      { extra: field(0x7075, 1, 2, 3, 4, 5, 6) },
      "unsafe-name",
      "an extra field gives a second name",
    ],
    [
      "of zip64 that the header does not refer to",
      { extra: field(1, 1, 2, 3, 4, 5, 6, 7, 8) },
      "disagreement",
      "does not match the",
    ],
    ["of zip64 twice", { zip64: true, extra: field(1) }, "disagreement", "two zip64 fields in one header"],
    ["of zip64 that are missing", { headerOffset: 0xffffffff }, "malformed", "a zip64 field that is not there"],
  ])("%s are refused", async (_title, entry, problem, message) => {
    await expect(open({ ...a, ...entry })).rejects.toMatchObject({
      problem,
      message: expect.stringContaining(message),
    });
  });

  test("of zip64 hold only the values that are too large for the header (4.5.3)", async () => {
    const eight = (value: number): number[] => [value, 0, 0, 0, 0, 0, 0, 0];
    const offset = { headerOffset: 0xffffffff, extra: field(1, ...eight(0)), extraLocal: Buffer.alloc(0) };
    expect(await open({ ...a, ...offset })).toMatchObject([{ headerOffset: 0, size: 4 }]);
    expect(await open({ ...a, zip64: true })).toMatchObject([{ size: 4, compressedSize: 4 }]);
  });
});

describe("a data descriptor", () => {
  test.each(["signed", "bare", "signed64", "bare64"] as const)("may be %s", async (descriptor) => {
    expect(await open({ ...a, descriptor })).toMatchObject([{ path: "a", size: 4, dataOffset: 31 }]);
  });

  test.each<[title: string, entry: Partial<CraftedEntry>, message: string]>([
    ["that is missing", { flags: 0x808 }, "0 bytes are after its data, where a data descriptor must be"],
    ["that is too short", { flags: 0x808, gap: Buffer.alloc(11) }, "11 bytes are after its data"],
    ["of one byte", { flags: 0x808, gap: Buffer.alloc(1) }, "1 byte is after its data"],
    ["that is too long", { descriptor: "signed64", gap: Buffer.alloc(1) }, "25 bytes are after its data"],
    ["with more data after it", { descriptor: "signed64", gap: Buffer.alloc(100) }, "25 bytes are after its data"],
    [
      "without a signature at the length of a signed one",
      { flags: 0x808, gap: Buffer.alloc(16) },
      "its data descriptor has no signature",
    ],
    [
      "without a signature at the length of a signed 64-bit one",
      { flags: 0x808, gap: Buffer.alloc(24) },
      "has no signature",
    ],
    [
      "with another CRC",
      { descriptor: "bare", crcDescriptor: 1 },
      "the CRCs in its data descriptor and in the directory differ",
    ],
    [
      "with another size",
      { descriptor: "bare64", sizeDescriptor: 9 },
      "says 4 and 9 bytes, but the directory says 4 and 4",
    ],
  ])("%s is refused", async (_title, entry, message) => {
    await expect(open({ ...a, ...entry })).rejects.toMatchObject({
      problem: "disagreement",
      message: expect.stringMatching(new RegExp(`^"a": .*${message}.* \\(at byte 35\\)$`)),
    });
  });
});

describe("the local header", () => {
  test.each<[what: string, entry: CraftedEntry]>([
    ["the name", { ...a, nameLocal: "b" }],
    ["the method", { ...a, methodLocal: 8 }],
    ["size", { ...a, sizeLocal: 5 }],
  ])("may not differ from the directory in %s", async (what, entry) => {
    await expect(open(entry)).rejects.toMatchObject({
      problem: "disagreement",
      message: `"a": the local header and the directory differ in ${what} (at byte 0)`,
    });
  });

  test.each<[what: string, offset: number]>([
    ["the flags", 6],
    ["crc32", 14],
    ["compressedSize", 18],
  ])("may not differ from the directory in %s after one bit is flipped", async (what, offset) => {
    const bytes = zip([a]);
    bytes[offset] = (bytes[offset] ?? 0) ^ 2;
    await expect(openZip(memorySource(bytes))).rejects.toThrow(`differ in ${what}`);
  });

  test("may contain or leave out the values of the data descriptor, but not contradict them", async () => {
    const bytes = zip([{ ...a, descriptor: "signed" }]);
    const directory = bytes.indexOf("PK\x01\x02");
    bytes.copy(bytes, 14, directory + 16, directory + 28);
    expect(await openZip(memorySource(bytes))).toHaveLength(1);
    bytes[14] = (bytes[14] ?? 0) ^ 1;
    await expect(openZip(memorySource(bytes))).rejects.toThrow("differ in crc32");
  });

  test("must begin with its signature", async () => {
    const bytes = zip([a]);
    bytes[0] = 0;
    await expect(openZip(memorySource(bytes))).rejects.toMatchObject({
      ...{ problem: "malformed", message: "a local header must begin here (at byte 0)" },
    });
  });

  test("must state equal sizes for a stored file", async () => {
    await expect(open({ ...a, size: 5, sizeLocal: 5 })).rejects.toThrow(
      '"a" is not compressed, but has 5 bytes and is stored in 4',
    );
  });

  test("may not have a gap after its data, or data that overlaps the next entry", async () => {
    const gap = open({ ...a, gap: Buffer.from("x") });
    await expect(gap).rejects.toMatchObject({
      message: '"a" leaves a gap behind it (at byte 35)',
      problem: "trailing-data",
    });
    const cut = zip([a, { ...a, name: "b" }]);
    cut.writeUInt32LE(20, cut.lastIndexOf("PK\x01\x02") + 42);
    await expect(openZip(memorySource(cut))).rejects.toThrow('the data of "a" reaches into what follows it');
  });
});
