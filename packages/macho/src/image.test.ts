import { describe, expect, test } from "@jest/globals";
import { MachoError } from "./error.ts";
import { readImage } from "./image.ts";
import { readMacho } from "./macho.ts";
import { bigEndianWords, command, imageOf, words } from "./testing/image.ts";
import { segmentOf } from "./testing/signed-image.ts";

describe("the header", () => {
  /** mach-o/loader.h */
  test.each([
    [1, "object"],
    [2, "execute"],
    [3, "fvmlib"],
    [4, "core"],
    [5, "preload"],
    [6, "dylib"],
    [7, "dylinker"],
    [8, "bundle"],
    [9, "dylib-stub"],
    [10, "dsym"],
    [11, "kext"],
    [12, "fileset"],
    [99, "99"],
  ])("with file type %d has the kind %s", (number, fileType) => {
    const image = readImage(words(0xfeedfacf, 0x0100000c, 0, number, 0, 0, 0x85, 0));
    expect(image.fileType).toBe(fileType);
  });

  const uuid = Buffer.from("00112233445566778899aabbccddeeff", "hex");
  const expected = { uuid: "00112233-4455-6677-8899-AABBCCDDEEFF" };

  test.each<[string, Buffer, object]>([
    [
      "64 bits, little-endian",
      Buffer.concat([words(0xfeedfacf, 0x01000007, 3, 2, 1, 24, 0, 0, 0x1b, 24), uuid]),
      { ...expected, order: "little", architecture: "x86_64", cpuType: 0x01000007 },
    ],
    [
      "32 bits, little-endian",
      Buffer.concat([words(0xfeedface, 7, 3, 2, 1, 24, 0, 0x1b, 24), uuid]),
      { ...expected, order: "little", architecture: "i386" },
    ],
    [
      "64 bits, big-endian",
      Buffer.concat([bigEndianWords(0xfeedfacf, 0x01000012, 3, 2, 1, 24, 0, 0, 0x1b, 24), uuid]),
      { ...expected, order: "big", architecture: "ppc64:3" },
    ],
    [
      "32 bits, big-endian",
      Buffer.concat([bigEndianWords(0xfeedface, 0x12, 3, 2, 1, 24, 0, 0x1b, 24), uuid]),
      { ...expected, order: "big", architecture: "ppc603" },
    ],
  ])("may be of %s", (_title, bytes, fields) => {
    expect(readMacho(bytes)).toMatchObject([fields]);
  });

  test("is refused with its first bytes in file order", () => {
    expect(() => readImage(words(1), 64)).toThrow(
      expect.objectContaining({ message: "not a Mach-O image: it starts with 0x01000000 (at byte 64)" }),
    );
    expect(() => readImage(Buffer.of(0xcf, 0xfa), 64)).toThrow("Mach-O header: needs 4 bytes at 0");
    expect(() => readImage(words(0xfeedfacf, 0x0100000c), 64)).toThrow("Mach-O header: needs 4 bytes at 8");
    const commands = words(0xfeedfacf, 0x0100000c, 0, 2, 1, 100, 0, 0);
    expect(() => readImage(commands)).toThrow("Mach-O header: needs 100 bytes at 32");
    expect(() => readImage(commands)).toThrow(MachoError);
  });
});

test("reads the place of the code signature from its load command", () => {
  const image = readImage(imageOf([command(0x1d, words(48, 10))], { tail: Buffer.alloc(10) }));
  expect(image.codeSignature).toEqual({ offset: 48, size: 10 });
  expect(() => readImage(imageOf([command(0x1d, words(48, 11))], { tail: Buffer.alloc(10) }))).toThrow(
    "needs 11 bytes",
  );
  expect(readImage(imageOf([])).codeSignature).toBeUndefined();
});

describe("segments", () => {
  test("have the sections of their load commands, of 64 bits", () => {
    const sections = [
      { name: "__text", offset: 4096, size: 100 },
      { name: "__bss", offset: 0, size: 5, flags: 1 },
      { name: "__gb_bss", offset: 0, size: 6, flags: 12 },
      { name: "__thread_bss", offset: 0, size: 7, flags: 0x12 },
      { name: "__cstring", offset: 10, size: 8, flags: 2 },
      { name: "__a_name_of_16__", offset: 10, size: 8, flags: 0x80000400 },
    ];
    const bytes = imageOf([segmentOf("__TEXT", 8, 100, sections), segmentOf("__LINKEDIT", 0, 0)]);
    const { segments } = readImage(bytes);
    expect(segments.map(({ name, fileOffset, fileSize }) => [name, fileOffset, fileSize])).toEqual([
      ["__TEXT", 8, 100],
      ["__LINKEDIT", 0, 0],
    ]);
    expect(segments[0]?.sections).toEqual(
      sections.map(({ name, offset, size, flags = 0 }) => {
        return { name, segment: "__TEXT", offset, size, zeroFill: [1, 12, 0x12].includes(flags) };
      }),
    );
  });

  test("have the sections of their load commands, of 32 bits", () => {
    const name = (text: string): Buffer => Buffer.from(text.padEnd(16, "\0"));
    const section = (sectionName: string, size: number, offset: number, flags: number): Buffer =>
      Buffer.concat([name(sectionName), name("__DATA"), words(9, size, offset, 0, 0, 0, flags, 0, 0)]);
    const sections = [section("__data", 5, 40, 0), section("__bss", 6, 0, 1)];
    const bytes = Buffer.concat([
      words(0xfeedface, 7, 3, 2, 1, 192, 0),
      command(0x1, name("__DATA"), words(9, 9, 28, 150, 7, 3, 2, 0), ...sections),
    ]);
    expect(readImage(bytes).segments).toEqual([
      {
        ...{ name: "__DATA", fileOffset: 28, fileSize: 150 },
        sections: [
          { name: "__data", segment: "__DATA", offset: 40, size: 5, zeroFill: false },
          { name: "__bss", segment: "__DATA", offset: 0, size: 6, zeroFill: true },
        ],
      },
    ]);
  });

  test("may reach to the end of the file, but not past it", () => {
    expect(readImage(imageOf([segmentOf("__TEXT", 4, 100)])).segments[0]?.fileSize).toBe(100);
    const message = "LC_SEGMENT_64 command: segment __TEXT ends at 105 of 104 bytes: the file is cut (at byte 40)";
    expect(() => readImage(imageOf([segmentOf("__TEXT", 5, 100)]))).toThrow(message);
  });

  test("may not count more sections than their load command contains", () => {
    const bytes = imageOf([segmentOf("__TEXT", 0, 0, [{ name: "__text", offset: 0, size: 0 }])]);
    bytes.writeUInt32LE(2, 32 + 64);
    expect(() => readImage(bytes)).toThrow(/LC_SEGMENT_64 command: needs \d+ bytes? at \d+/);
  });
});

test.each([0xc, 0x80000018, 0x8000001f, 0x20, 0x80000023])(
  "refuses the library command %i if its name lies outside",
  (type) => {
    const library = (nameAt: number): Buffer =>
      imageOf([command(type, words(nameAt, 0, 0, 0), Buffer.from("library\0"))]);
    expect(readImage(library(24)).loadCommands).toHaveLength(1);
    expect(() => readImage(library(4000))).toThrow(/library load command: needs \d+ bytes? at 4000/);
  },
);

test("reads at most 4096 load commands", () => {
  expect(readImage(imageOf(Array(4096).fill(words(0x2a, 8)))).loadCommands).toHaveLength(4096);
  expect(() => readImage(imageOf(Array(4097).fill(words(0x2a, 8))))).toThrow("4097 load commands are more than");
});

test.each([4, 7, 9, 10])("refuses a load command of %d bytes", (size) => {
  const bytes = imageOf([Buffer.concat([words(0x2a, size), Buffer.alloc(8)])]);
  expect(() => readImage(bytes)).toThrow(`load command 0 has the size ${size} (at byte 36)`);
});

test("counts offsets from the file's start in errors, and from the image's start in fields", () => {
  const bytes = imageOf([command(0x2a, words(0, 0)), words(0x1d, 0)]);
  expect(() => readImage(bytes, 1000)).toThrow("load command 1 has the size 0 (at byte 1052)");
  const { start, loadCommands } = readImage(imageOf([words(0x2a, 8), words(0x2a, 8)]), 1000);
  expect([start, ...loadCommands]).toEqual([
    1000,
    { name: "LC_SOURCE_VERSION", offset: 32, size: 8 },
    { name: "LC_SOURCE_VERSION", offset: 40, size: 8 },
  ]);
});
