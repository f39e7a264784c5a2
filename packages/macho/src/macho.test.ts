import { describe, expect, test } from "@jest/globals";
import { architectureName } from "./cpu.ts";
import { MachoError } from "./error.ts";
import { isMacho, isStaticLibrary, readMacho, readSlices } from "./macho.ts";
import { bigEndianWords, command, fatOf, imageOf, words } from "./testing/image.ts";

const ARM64 = 0x0100000c;
const X86_64 = 0x01000007;

describe("readMacho", () => {
  test("reads the load commands of a thin file", () => {
    const uuid = Buffer.from("00112233445566778899aabbccddeeff", "hex");
    const name = Buffer.alloc(32);
    name.write("/usr/lib/libSystem.B.dylib");
    const bytes = imageOf([
      command(27, uuid),
      command(50, words(1, 0x000c0300, 0x000e0501, 0)),
      command(12, words(24, 2, 0x10000, 0x10000), name),
      command(0x8000_0034, words(0, 0)),
    ]);
    const images = readMacho(bytes);
    expect(images[0]).toMatchObject({
      architecture: "arm64",
      fileType: "execute",
      uuid: "00112233-4455-6677-8899-AABBCCDDEEFF",
      build: { platform: "macos", minimumOs: "12.3", sdk: "14.5.1" },
      codeSignature: undefined,
    });
    const names = images[0]?.loadCommands.map((loadCommand) => loadCommand.name);
    expect(names).toEqual(["LC_UUID", "LC_BUILD_VERSION", "LC_LOAD_DYLIB", "LC_DYLD_CHAINED_FIXUPS"]);
  });

  test("reads the versions of a file from before LC_BUILD_VERSION", () => {
    const images = readMacho(imageOf([command(36, words(0x000a0900, 0x000a0a00))]));
    expect(images[0]?.build).toEqual({ platform: "macos", minimumOs: "10.9", sdk: "10.10" });
  });

  test("reads a big-endian 32-bit file", () => {
    const images = readMacho(bigEndianWords(0xfeedface, 18, 0, 2, 0, 0, 0));
    expect(images[0]).toMatchObject({ architecture: "ppc", order: "big", loadCommands: [] });
  });

  const segment = (fileOffset: number, fileSize: number): Buffer =>
    command(25, Buffer.from("__TEXT\0\0\0\0\0\0\0\0\0\0"), words(0, 0, 0, 0, fileOffset, 0, fileSize, 0, 0, 0, 0, 0));
  const signatureAt = (offset: number, size: number): Buffer => command(29, words(offset, size));

  test.each<[title: string, bytes: Buffer, message: RegExp]>([
    ["zero bytes (B160)", Buffer.alloc(0), /it is empty \(at byte 0\)/],
    ["three bytes", Buffer.from([0xcf, 0xfa, 0xed]), /it has only 3 bytes/],
    ["a script (B161)", Buffer.from("#!/bin/sh\n"), /it is a script/],
    ["an ELF file", Buffer.from("7f454c4602010100", "hex"), /it is an ELF file/],
    ["a PE file (B182)", Buffer.from("MZ......"), /it is a PE file/],
    ["a truncated header (B162)", words(0xfeedfacf, ARM64, 0, 2), /only 16: it is truncated.*\(at byte 16\)/],
    [
      "load commands past sizeofcmds (B167)",
      imageOf([words(27, 64)]),
      /needs 64 bytes at 0, but has only 8.*\(at byte 32\)/,
    ],
    [
      "a load command of size zero, which would never end",
      imageOf([words(27, 0)]),
      /load command 0 has the size 0 \(at byte 36\)/,
    ],
    [
      "4 billion load commands",
      words(0xfeedfacf, ARM64, 0, 2, 0xffffffff, 0, 0, 0),
      /4294967295 load commands are more than/,
    ],
    [
      "a segment that ends past the file",
      imageOf([segment(0, 5000)]),
      /segment __TEXT ends at 5000 of 104 bytes: the file is cut/,
    ],
    ["a signature that ends past the file", imageOf([signatureAt(40, 100)]), /needs 100 bytes at 40/],
    ["two signatures", imageOf([signatureAt(0, 8), signatureAt(0, 8)]), /two LC_CODE_SIGNATURE/],
    ["a fat file with no architecture (B163)", fatOf([], 64), /lists no architecture \(at byte 4\)/],
    [
      "a fat architecture past the end (B164)",
      fatOf([[ARM64, 64, 1000]], 200),
      /arm64 takes bytes 64 to 1064 of a file of 200 \(at byte 8\)/,
    ],
    [
      "fat architectures that overlap (B164)",
      fatOf(
        [
          [ARM64, 64, 100],
          [X86_64, 128, 64],
        ],
        300,
      ),
      /x86_64 and arm64 overlap \(at byte 28\)/,
    ],
    [
      "one architecture twice (B164)",
      fatOf(
        [
          [ARM64, 64, 32],
          [ARM64, 128, 32],
        ],
        300,
      ),
      /lists arm64 twice/,
    ],
    ["a fat architecture inside the header", fatOf([[ARM64, 4, 60]], 64), /starts inside the header/],
    ["a Java class file (B165)", bigEndianWords(0xcafebabe, 65, 0, 0), /Java class file/],
    [
      "a fat entry for a different CPU than its image (B174)",
      Buffer.concat([fatOf([[X86_64, 64, 32]], 64), imageOf([])]),
      /the entry for x86_64 points to an image for arm64/,
    ],
  ])("refuses %s", (_title, bytes, message) => {
    expect(() => readMacho(bytes)).toThrow(MachoError);
    expect(() => readMacho(bytes)).toThrow(message);
  });
});

describe("readSlices", () => {
  const arm = (subtype: number): Buffer => {
    const image = imageOf([]);
    image.writeUInt32LE(subtype, 8);
    return image;
  };
  const fat = (slices: readonly (readonly [subtype: number, bytes: Buffer])[], tail = Buffer.alloc(0)): Buffer => {
    const entries = slices.flatMap(([subtype, bytes], index) => [ARM64, subtype, 4096 * (index + 1), bytes.length, 12]);
    const header = bigEndianWords(0xcafebabe, slices.length, ...entries);
    const parts = slices.map(([, bytes], index) => [Buffer.alloc(4096 * (index + 1)), bytes] as const);
    let file = header;
    for (const [until, bytes] of parts)
      file = Buffer.concat([file, Buffer.alloc(Math.max(0, until.length - file.length)), bytes]);
    return Buffer.concat([file, tail]);
  };
  const kinds = (bytes: Buffer): string[] =>
    readSlices(bytes).slices.map(({ kind, architecture }) => `${architecture} ${kind}`);

  test("distinguishes architectures by their subtypes", () => {
    const file = fat([
      [0, arm(0)],
      [1, arm(1)],
      [0x8000_0002, arm(0x8000_0002)],
    ]);
    expect(kinds(file)).toEqual(["arm64 image", "arm64v8 image", "arm64e image"]);
    expect(readSlices(file).foreignBytes).toBeUndefined();
  });

  test("names the subtypes of old machines", () => {
    const names = [9, 11].map((subtype) => architectureName(12, subtype));
    expect([...names, architectureName(18, 0), architectureName(18, 10)]).toEqual([
      "armv7",
      "armv7s",
      "ppc",
      "ppc7400",
    ]);
  });

  test("does not treat thin and universal static libraries as programs", () => {
    const library = Buffer.from("!<arch>\n#1/12           0           0     0     100644  20        `\n");
    const file = fat([
      [0, library],
      [1, library],
    ]);
    expect([isStaticLibrary(library), kinds(file)]).toEqual([true, ["arm64 static-library", "arm64v8 static-library"]]);
    expect(() => readMacho(file)).toThrow(/it is a universal static library/);
  });

  test("reads the other architectures when one cannot be read", () => {
    const file = fat([
      [0, Buffer.alloc(64, 1)],
      [1, arm(1)],
    ]);
    expect(kinds(file)).toEqual(["arm64 unreadable", "arm64v8 image"]);
  });

  test.each<[title: string, file: Buffer, foreign: RegExp]>([
    ["after the last architecture", fat([[0, arm(0)]], Buffer.alloc(7)), /^7 B after its last architecture$/],
    [
      "hidden before an architecture",
      (() => {
        const file = fat([[0, arm(0)]]);
        file.write("payload", 2000);
        return file;
      })(),
      /^bytes before its architecture arm64 that are not zero$/,
    ],
    [
      "of padding that no alignment requires",
      (() => {
        const file = fat([
          [0, arm(0)],
          [1, arm(1)],
        ]);
        file.writeUInt32BE(4, 8 + 20 + 16);
        return file;
      })(),
      /bytes before its architecture arm64v8, more than the alignment asks for$/,
    ],
  ])("finds bytes %s", (_title, file, foreign) => {
    expect(readSlices(file).foreignBytes).toMatch(foreign);
  });
});

describe("isMacho", () => {
  test.each<[string, Buffer, boolean]>([
    ["a thin file", words(0xfeedfacf, ARM64), true],
    ["a fat file", bigEndianWords(0xcafebabe, 2), true],
    ["a fat64 file", bigEndianWords(0xcafebabf, 1), true],
    ["a Java class file (B165)", bigEndianWords(0xcafebabe, 52), false],
    ["a script", Buffer.from("#!/bin/sh"), false],
    ["two bytes", Buffer.from([0xcf, 0xfa]), false],
  ])("recognizes %s by its first bytes", (_title, head, expected) => {
    expect(isMacho(head)).toBe(expected);
  });
});
