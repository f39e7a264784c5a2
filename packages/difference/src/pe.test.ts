import { describe, expect, test } from "@jest/globals";
import { memorySource } from "@release-actions/archive";
import { isPe, PeError, readPe } from "./pe.ts";
import { type CraftedPe, codeView, HEADERS_BYTES, managedSection, pe, words } from "./testing/pe.ts";

const read = async (parts: CraftedPe) => await readPe(memorySource(pe(parts)));
const GUID = "00112233445566778899aabbccddeeff";

describe("isPe", () => {
  const is = async (bytes: Buffer): Promise<boolean> => await isPe(memorySource(bytes), bytes.subarray(0, 512));

  test("accepts the signature at the offset in the DOS header", async () => {
    expect(await is(pe())).toBe(true);
    const moved = pe();
    moved.copy(moved, 0x200, 0x80, 0x180);
    moved.writeUInt32LE(0x200, 60);
    moved.fill(0, 0x80, 0x84);
    expect(await is(moved)).toBe(true);
  });

  test.each<[name: string, change: (bytes: Buffer) => Buffer]>([
    ["a wrong first byte", (bytes) => bytes.fill(0, 0, 1)],
    ["a wrong second byte", (bytes) => bytes.fill(0, 1, 2)],
    ["a wrong signature", (bytes) => bytes.fill(0, 0x80, 0x81)],
    ["a truncated DOS header", (bytes) => bytes.subarray(0, 63)],
    ["an offset past the end", (bytes) => Buffer.from(bytes.fill(0xff, 60, 64))],
    ["a file that ends before the COFF header does", (bytes) => bytes.subarray(0, 0x80 + 23)],
    [
      "an offset that no linker uses",
      (bytes) => {
        const long = Buffer.concat([bytes, Buffer.alloc(70_000)]);
        bytes.copy(long, 65_540, 0x80, 0x100);
        long.writeUInt32LE(65_540, 60);
        return long;
      },
    ],
  ])("refuses a file with %s", async (_name, change) => expect(await is(change(pe()))).toBe(false));

  test("accepts a file that ends after the COFF header", async () => {
    expect(await is(pe().subarray(0, 0x80 + 24))).toBe(true);
  });
});

describe("readPe", () => {
  test.each([true, false])("reads fields of the headers, PE32+: %s", async (isWide) => {
    const file = await read({ isWide, machine: 0xaa64, linker: [14, 38], stamp: 77, subsystem: 2 });
    const optional = 0x84 + 20;
    const directories = optional + (isWide ? 112 : 96);
    expect(file).toMatchObject({
      ...{ machine: "aarch64", linker: "14.38", subsystem: 2, isManaged: false, isReproducible: false },
      ...{ sections: [], moduleId: undefined, codeView: undefined, certificates: undefined },
      stamps: [{ name: "COFF header, TimeDateStamp", offset: 0x88, value: 77 }],
      checksum: { start: optional + 64, end: optional + 68 },
      certificateEntry: { start: directories + 32, end: directories + 40 },
    });
  });

  test("reads sections with their offsets and addresses", async () => {
    const { sections } = await read({
      sections: [
        { name: ".text", bytes: "12345" },
        { name: ".eightch", bytes: "12", address: 0x7000 },
      ],
    });
    expect(sections).toEqual([
      { name: ".text", address: 0x1000, start: HEADERS_BYTES, end: HEADERS_BYTES + 5 },
      { name: ".eightch", address: 0x7000, start: HEADERS_BYTES + 5, end: HEADERS_BYTES + 7 },
    ]);
  });

  test("reads times of directories at addresses in sections", async () => {
    const table = Buffer.alloc(16);
    table.writeUInt32LE(5, 4 + 4);
    const sections = [{ name: ".rdata", bytes: table }];
    const stampsOf = async (address: number) =>
      (await read({ sections, directories: { 0: [address, 8] } })).stamps.slice(1);
    expect(await stampsOf(0x1004)).toEqual([
      { name: "export directory, TimeDateStamp", offset: HEADERS_BYTES + 8, value: 5 },
    ]);
    expect(await stampsOf(0)).toEqual([]);
    expect(await stampsOf(0xfff)).toEqual([]);
    expect(await stampsOf(0x1010)).toEqual([]);
    // The table reaches past the end of the file.
    expect(await stampsOf(0x1009)).toEqual([]);
    expect(await stampsOf(0x1008)).toHaveLength(1);
  });

  test("ignores directories that the header does not count", async () => {
    const sections = [{ name: ".rdata", bytes: Buffer.alloc(16) }];
    const file = await read({ sections, count: 2, directories: { 0: [0x1000, 8] } });
    expect(file.stamps).toHaveLength(2);
    expect((await read({ sections, count: 0 })).stamps).toHaveLength(1);
    // A section at the start of memory contains none of them either.
    const first = await read({ sections: [{ name: ".rdata", bytes: Buffer.alloc(16), address: 0 }], count: 2 });
    expect(first).toMatchObject({ isManaged: false, stamps: [{ name: "COFF header, TimeDateStamp" }] });
  });

  test("reads entries of the debug directory", async () => {
    const debug = [
      { type: 13, stamp: 1 },
      { ...codeView(GUID, "C:\\a.pdb"), stamp: 2 },
      { type: 16, stamp: 3 },
    ];
    const file = await read({ debug });
    expect(file.stamps.slice(1)).toEqual([
      { name: "debug directory entry 1, TimeDateStamp", offset: HEADERS_BYTES + 4, value: 1 },
      { name: "debug directory entry 2, TimeDateStamp", offset: HEADERS_BYTES + 32, value: 2 },
      { name: "debug directory entry 3, TimeDateStamp", offset: HEADERS_BYTES + 60, value: 3 },
    ]);
    const start = HEADERS_BYTES + 3 * 28 + 4;
    expect(file.codeView).toEqual({ start, end: start - 4 + 24 + 9, guid: GUID, pdbPath: "C:\\a.pdb" });
    expect(file.isReproducible).toBe(true);
  });

  test.each<[name: string, data: Buffer]>([
    ["one of the older form", Buffer.concat([Buffer.from("NB10"), Buffer.alloc(40)])],
    ["one that is too short", Buffer.concat([Buffer.from("RSDS"), Buffer.alloc(19)])],
    ["one that is too long", Buffer.concat([Buffer.from("RSDS"), Buffer.alloc(4093)])],
  ])("leaves out a CodeView entry: %s", async (_name, data) => {
    expect((await read({ debug: [{ type: 2, data }] })).codeView).toBeUndefined();
  });

  test("reads a CodeView entry without a path, and the longest one", async () => {
    const least = Buffer.concat([Buffer.from("RSDS"), Buffer.alloc(20)]);
    expect((await read({ debug: [{ type: 2, data: least }] })).codeView).toMatchObject({ pdbPath: "" });
    const most = Buffer.concat([Buffer.from("RSDS"), Buffer.alloc(4092, 0x61)]);
    expect((await read({ debug: [{ type: 2, data: most }] })).codeView?.pdbPath).toHaveLength(4072);
    const path = Buffer.concat([least, Buffer.from("a.pdb\0junk\nmore")]);
    expect((await read({ debug: [{ type: 2, data: path }] })).codeView?.pdbPath).toBe("a.pdb");
  });

  test("leaves out a CodeView entry that reaches past the end", async () => {
    const whole = pe({ debug: [codeView(GUID, "a.pdb")] });
    expect((await readPe(memorySource(whole.subarray(0, -1)))).codeView).toBeUndefined();
  });

  test("reads certificates at a file offset, within the file", async () => {
    expect((await read({ certificates: "cert" })).certificates).toEqual({
      start: HEADERS_BYTES,
      end: HEADERS_BYTES + 4,
    });
    expect((await read({ directories: { 4: [HEADERS_BYTES - 4, 4] } })).certificates).toEqual({
      ...{ start: HEADERS_BYTES - 4, end: HEADERS_BYTES },
    });
    expect((await read({ directories: { 4: [HEADERS_BYTES - 4, 5] } })).certificates).toBeUndefined();
    expect((await read({ directories: { 4: [HEADERS_BYTES - 4, 0] } })).certificates).toBeUndefined();
  });

  test("names truncated headers in its error", async () => {
    const failing = readPe(memorySource(pe({ sections: [{ name: "a", bytes: "" }] }).subarray(0, 0x100)));
    await expect(failing).rejects.toThrow("the headers of the PE file are cut or point outside it");
    await expect(failing).rejects.toBeInstanceOf(PeError);
  });
});

describe("the id of a .NET module (ECMA-335, II.24.2)", () => {
  const SHOWN = "33221100-5544-7766-8899-aabbccddeeff";
  const managed = (section = managedSection(0x2000, GUID)): CraftedPe => ({
    sections: [section],
    directories: { 14: [section.address ?? 0, 72] },
  });

  test("is the first GUID of its heap", async () => {
    const file = await read(managed());
    expect(file.isManaged).toBe(true);
    const start = pe(managed()).indexOf(Buffer.from(GUID, "hex"));
    expect(file.moduleId).toEqual({ start, end: start + 16, guid: SHOWN });
    const longer = managedSection(0x1000, GUID, [
      ["#Strings", 40],
      ["#US", 4],
      ["#Blob", 8],
      ["#GUID", 16],
    ]);
    expect((await read(managed(longer))).moduleId?.guid).toBe(SHOWN);
  });

  test.each<[name: string, section: Parameters<typeof managedSection>]>([
    [
      "no such heap",
      [
        0x2000,
        GUID,
        [
          ["#~", 8],
          ["#GUIDS", 16],
        ],
      ],
    ],
    ["a heap that is too small", [0x2000, GUID, [["#GUID", 15]]]],
    ["no heaps", [0x2000, GUID, []]],
  ])("is undefined with %s", async (_name, section) => {
    expect((await read(managed(managedSection(...section)))).moduleId).toBeUndefined();
  });

  /** The module id after `change` was applied to the section's bytes, which start with the CLI header. */
  async function changed(change: (bytes: Buffer) => Buffer | undefined): Promise<unknown> {
    const { bytes, ...section } = managedSection(0x2000, GUID);
    const own = Buffer.from(bytes);
    return (await read(managed({ ...section, bytes: change(own) ?? own }))).moduleId;
  }

  test("is undefined when the metadata is invalid or truncated", async () => {
    expect(await changed((bytes) => void bytes.writeUInt32LE(0, 72))).toBeUndefined();
    expect(await changed((bytes) => void bytes.writeUInt32LE(0x100, 8))).toBeUndefined();
    expect(await changed((bytes) => void bytes.writeUInt32LE(0xffff, 72 + 12))).toBeUndefined();
    expect(await changed((bytes) => bytes.subarray(0, -1))).toBeUndefined();
    expect(await changed((bytes) => bytes.subarray(0, 72 + 19))).toBeUndefined();
    expect(await changed((bytes) => bytes.subarray(0, 15))).toBeUndefined();
    expect(await changed((bytes) => bytes)).toBeDefined();
    // The count of streams is higher than the number of streams.
    expect(
      await changed((bytes) => {
        bytes.writeUInt16LE(9, 72 + 16 + 12 + 2);
        bytes.write("#GUIX", bytes.indexOf("#GUID"));
        return undefined;
      }),
    ).toBeUndefined();
    // A stream name without a terminator.
    expect(
      await changed((bytes) => {
        const end = bytes.subarray(0, bytes.indexOf("#GUID") + 5);
        return end;
      }),
    ).toBeUndefined();
    expect(words(1)).toHaveLength(4);
  });
});
