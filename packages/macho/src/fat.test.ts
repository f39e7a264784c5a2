import { describe, expect, test } from "@jest/globals";
import { isMacho, isStaticLibrary, readMacho, readSlices } from "./macho.ts";
import { bigEndianWords, imageOf } from "./testing/image.ts";

const ARM64 = 0x0100000c;
const X86_64 = 0x01000007;

interface Slice {
  readonly cpuType?: number;
  readonly subtype?: number;
  readonly offset: number;
  readonly bytes?: Buffer;
  readonly size?: number;
  readonly align?: number;
}

/** `fat_header` and `fat_arch[_64]` (mach-o/fat.h). */
function fatOf(slices: readonly Slice[], { isWide = false, length = 0 } = {}): Buffer {
  const header = slices.flatMap(
    ({ cpuType = ARM64, subtype = 0, offset, bytes, size = bytes?.length ?? 32, align = 0 }) =>
      isWide ? [cpuType, subtype, 0, offset, 0, size, align, 0] : [cpuType, subtype, offset, size, align],
  );
  const head = bigEndianWords(isWide ? 0xcafebabf : 0xcafebabe, slices.length, ...header);
  const ends = slices.map(({ offset, bytes, size = bytes?.length ?? 32 }) => offset + size);
  const file = Buffer.alloc(Math.max(length, head.length, ...ends));
  head.copy(file);
  for (const { offset, bytes } of slices) bytes?.copy(file, offset);
  return file;
}

const arm64 = imageOf([]);
const amd64 = imageOf([], { cpuType: X86_64 });

describe("a fat file", () => {
  test.each([false, true])("has an image for each architecture, at its offset (64-bit: %s)", (isWide) => {
    const images = readMacho(
      fatOf(
        [
          { cpuType: X86_64, offset: 128, bytes: amd64 },
          { offset: 256, bytes: arm64 },
        ],
        { isWide },
      ),
    );
    expect(images.map(({ architecture, start, bytes }) => [architecture, start, bytes.length])).toEqual([
      ["x86_64", 128, 32],
      ["arm64", 256, 32],
    ]);
  });

  test("may have a slice directly after its header, and adjacent slices", () => {
    const touching = fatOf([
      { offset: 48, bytes: arm64 },
      { cpuType: X86_64, offset: 80, bytes: amd64 },
    ]);
    expect(readSlices(touching).slices.map(({ kind }) => kind)).toEqual(["image", "image"]);
    const turned = fatOf([
      { offset: 80, bytes: arm64 },
      { cpuType: X86_64, offset: 48, bytes: amd64 },
    ]);
    expect(readSlices(turned).slices.map(({ architecture }) => architecture)).toEqual(["arm64", "x86_64"]);
    const wide = fatOf([{ offset: 40, bytes: arm64 }], { isWide: true });
    expect(readSlices(wide).slices).toHaveLength(1);
  });

  test.each<[title: string, file: Buffer, message: string]>([
    [
      "an empty slice",
      fatOf([{ offset: 64, size: 0 }], { length: 100 }),
      "arm64 takes bytes 64 to 64 of a file of 100",
    ],
    [
      "a slice past the end",
      fatOf([{ offset: 64 }]).subarray(0, 95),
      "arm64 takes bytes 64 to 96 of a file of 95 (at byte 8)",
    ],
    ["a slice in the header", fatOf([{ offset: 27 }]), "arm64 starts inside the header, at 27 (at byte 8)"],
    ["a slice in the wide header", fatOf([{ offset: 39 }], { isWide: true }), "arm64 starts inside the header, at 39"],
    [
      "slices that overlap",
      fatOf([{ offset: 64 }, { cpuType: X86_64, offset: 95 }]),
      "x86_64 and arm64 overlap (at byte 28)",
    ],
    [
      "slices that overlap backwards",
      fatOf([{ offset: 95 }, { cpuType: X86_64, offset: 64 }]),
      "x86_64 and arm64 overlap",
    ],
    ["one architecture twice", fatOf([{ offset: 64 }, { offset: 128 }]), "it lists arm64 twice (at byte 28)"],
    ["a truncated header", fatOf([{ offset: 28 }]).subarray(0, 20), "fat header: needs 4 bytes at 20"],
    ["33 architectures", bigEndianWords(0xcafebabe, 33), "it lists 33 architectures; a Java class file"],
  ])("is refused with %s", (_title, file, message) => {
    expect(() => readSlices(file)).toThrow(message);
  });

  test("may have 32 architectures", () => {
    const slices = Array.from({ length: 32 }, (_, subtype) => ({ subtype, offset: 1024 + subtype * 32, bytes: arm64 }));
    expect(readMacho(fatOf(slices))).toHaveLength(32);
  });

  test("compares subtypes without their capabilities", () => {
    const same = [
      { subtype: 2, offset: 64 },
      { subtype: 0x8000_0002, offset: 128 },
    ];
    expect(() => readSlices(fatOf(same))).toThrow("it lists arm64e twice");
  });

  test("reports a slice for a different CPU than its entry, and throws only when the caller reads images", () => {
    const file = fatOf([{ cpuType: X86_64, offset: 64, bytes: arm64 }]);
    const message = "fat header: the entry for x86_64 points to an image for arm64 (at byte 8)";
    expect(readSlices(file).slices).toEqual([
      { kind: "unreadable", architecture: "x86_64", error: expect.objectContaining({ message }) },
    ]);
    expect(() => readMacho(file)).toThrow(message);
  });
});

describe("bytes outside of a fat file's architectures", () => {
  const foreign = (...parameters: Parameters<typeof fatOf>) => readSlices(fatOf(...parameters)).foreignBytes;
  const first = { offset: 4096, bytes: arm64, align: 12 };

  test("are accepted when they are zeros up to the alignment, and before the first slice", () => {
    expect(foreign([first])).toBeUndefined();
    expect(foreign([first, { cpuType: X86_64, offset: 8192, bytes: amd64, align: 12 }])).toBeUndefined();
    expect(foreign([{ ...first, align: 2 }])).toBeUndefined();
    expect(foreign([{ cpuType: X86_64, offset: 8192, bytes: amd64, align: 12 }, first])).toBeUndefined();
    expect(foreign([first, { cpuType: X86_64, offset: 4128, bytes: amd64, align: 0 }])).toBeUndefined();
    expect(foreign([{ offset: 4096, bytes: arm64 }], { isWide: true })).toBeUndefined();
    const last = { cpuType: X86_64, offset: 4128 + 32_767, bytes: amd64, align: 15 };
    expect(foreign([first, last])).toBeUndefined();
  });

  test.each<[title: string, slices: Slice[], message: string]>([
    [
      "a gap as large as the alignment",
      [first, { cpuType: X86_64, offset: 4128 + 4096, bytes: amd64, align: 12 }],
      "4096 bytes before its architecture x86_64, more than the alignment asks for",
    ],
    [
      "an alignment over 2^15",
      [first, { cpuType: X86_64, offset: 8192, bytes: amd64, align: 16 }],
      "4064 bytes before its architecture x86_64, more than the alignment asks for",
    ],
  ])("are reported: %s", (_title, slices, message) => {
    expect(foreign(slices)).toBe(message);
  });

  test("are reported after the last slice, even if they are zeros", () => {
    expect(foreign([first], { length: 4129 })).toBe("1 B after its last architecture");
  });

  test.each([false, true])(
    "are reported between the header and the first slice if they are not zero (64-bit: %s)",
    (isWide) => {
      const file = fatOf([first], { isWide });
      const end = isWide ? 40 : 28;
      for (const at of [end, 4095]) {
        const changed = Buffer.from(file);
        changed[at] = 1;
        expect(readSlices(changed).foreignBytes).toBe("bytes before its architecture arm64 that are not zero");
      }
    },
  );
});

describe("files of other formats", () => {
  test.each<[bytes: Buffer, what: string]>([
    [Buffer.from("7f454c46", "hex"), "is an ELF file (Linux)"],
    [Buffer.from("MZ\x90\0"), "is a PE file (Windows)"],
    [Buffer.from("#!/bin/sh"), "is a script"],
    [Buffer.from("PK\x03\x04"), "is a zip archive"],
    [Buffer.from("1f8b0800", "hex"), "is gzip-compressed"],
    [Buffer.from("fd377a585a0000", "hex"), "is xz-compressed"],
    [Buffer.from("xar!\0"), "is an installer package (.pkg)"],
    [Buffer.from("!<arch>\n"), "is a static library"],
    [Buffer.from("00010203", "hex"), "starts with 00010203"],
    [Buffer.from("0001020304", "hex"), "starts with 00010203"],
    [Buffer.from("abc"), "has only 3 bytes"],
    [Buffer.alloc(0), "is empty"],
  ])("are named: %j", (bytes, what) => {
    expect(() => readMacho(bytes)).toThrow(`not a Mach-O file: it ${what} (at byte 0)`);
  });

  test("static libraries are recognized by either magic of ar", () => {
    const known = ["!<arch>\n#1/12", "!<thin>\n", "!<arch>", "!<ARCH>\n"].map((text) =>
      isStaticLibrary(Buffer.from(text)),
    );
    expect(known).toEqual([true, true, false, false]);
  });

  test("a universal static library has no images", () => {
    const file = fatOf([{ offset: 64, bytes: Buffer.from("!<thin>\n") }]);
    expect(readSlices(file).slices).toEqual([{ kind: "static-library", architecture: "arm64" }]);
    expect(() => readMacho(file)).toThrow("it is a universal static library (at byte 0)");
  });

  test("isMacho accepts only Mach-O magics, in inputs of any length", () => {
    const heads = [
      bigEndianWords(0xfeedface),
      bigEndianWords(0xfeedfacf),
      bigEndianWords(0xcefaedfe),
      bigEndianWords(0xcffaedfe),
      bigEndianWords(0xcafebabe),
      bigEndianWords(0xcafebabe, 32),
      bigEndianWords(0xcafebabf, 32),
      bigEndianWords(0xcafebabe, 33),
      bigEndianWords(0xfeedfad0),
      Buffer.from("feedfa", "hex"),
      Buffer.concat([bigEndianWords(0xcafebabe), Buffer.of(0xff, 0xff)]),
    ];
    expect(heads.map((head) => isMacho(head))).toEqual([
      ...[true, true, true, true, true, true, true],
      ...[false, false, false, true],
    ]);
  });
});
