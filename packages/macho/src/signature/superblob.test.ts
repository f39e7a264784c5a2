import { describe, expect, test } from "@jest/globals";
import { readImage } from "../image.ts";
import { bigEndianWords, command, imageOf, words } from "../testing/image.ts";
import { type CodeSignature, readCodeSignature } from "./superblob.ts";

/** A header and one LC_CODE_SIGNATURE, directly followed by the signature. */
const START = 32 + 16;

function read(signature: Buffer): CodeSignature | undefined {
  const bytes = imageOf([command(29, words(START, signature.length))], { tail: signature });
  return readCodeSignature(readImage(bytes));
}

function superblob(...blobs: readonly (readonly [slot: number, blob: Buffer])[]): Buffer {
  const index: number[] = [];
  let offset = 12 + blobs.length * 8;
  for (const [slot, blob] of blobs) {
    index.push(slot, offset);
    offset += blob.length;
  }
  return Buffer.concat([bigEndianWords(0xfade0cc0, offset, blobs.length, ...index), ...blobs.map(([, blob]) => blob)]);
}

interface Fields {
  readonly version?: number;
  readonly hashOffset?: number;
  readonly specialSlots?: number;
  readonly codeSlots?: number;
  readonly sizes?: number;
  readonly scatter?: number;
  readonly identifier?: string;
}

/** A CodeDirectory of version 0x20200 with one SHA-256 page hash of zeroes and the identifier "id". */
function directory(fields: Fields = {}): Buffer {
  const {
    version = 0x20200,
    hashOffset = 56,
    specialSlots = 0,
    codeSlots = 1,
    sizes = 0x20020000 + 12,
    scatter = 0,
  } = fields;
  const identifier = Buffer.from(fields.identifier ?? "id\0\0");
  const length = 52 + identifier.length + 32;
  const head = bigEndianWords(
    0xfade0c02,
    length,
    version,
    0,
    hashOffset,
    52,
    specialSlots,
    codeSlots,
    48,
    sizes,
    0,
    scatter,
    0,
  );
  return Buffer.concat([head, identifier, Buffer.alloc(32)]);
}

describe("readCodeSignature", () => {
  test("reads a directory and leaves out missing blobs", () => {
    expect(read(superblob([0, directory()]))).toMatchObject({
      codeDirectories: [
        { identifier: "id", teamId: undefined, hash: { name: "sha256" }, pageSize: 4096, codeLimit: 48 },
      ],
      entitlementsXml: undefined,
      cms: undefined,
    });
  });

  test("treats an empty CMS wrapper, which ad-hoc signatures have, as missing", () => {
    const wrapper = bigEndianWords(0xfade0b01, 8);
    expect(read(superblob([0, directory()], [0x10000, wrapper]))?.cms).toBeUndefined();
  });

  test("accepts entitlements and CMS of up to 1 MiB, and reports larger ones", () => {
    for (const [slot, magic] of [
      [5, 0xfade7171],
      [7, 0xfade7172],
      [0x10000, 0xfade0b01],
    ] as const) {
      const sized = (length: number) => {
        const content = Buffer.concat([bigEndianWords(magic, length), Buffer.alloc(length - 8)]);
        return read(superblob([0, directory()], [slot, content]));
      };
      const taken = sized(1_048_576);
      const contents = [taken?.entitlementsXml, taken?.entitlementsDer, taken?.cms].map((bytes) => bytes?.length);
      expect([contents.filter((length) => length !== undefined), taken?.faults]).toEqual([[1_048_568], []]);
      // After the header and index (28 bytes) and the directory (88 bytes), the blob is at byte 116 of the signature.
      const fault = `code signature slot ${slot}: slot ${slot} is larger than 1048576 bytes (at byte ${START + 116 + 4})`;
      expect(sized(1_048_577)?.faults).toEqual([fault]);
    }
  });

  test("reads alternates of all six slots, and 64 blobs", () => {
    const alternates = [0x1000, 0x1001, 0x1002, 0x1003, 0x1004, 0x1005].map((slot) => [slot, directory()] as const);
    expect(read(superblob([0, directory()], ...alternates))?.codeDirectories).toHaveLength(7);
    const others = [0xfff, 0x1006].map((slot) => [slot, directory()] as const);
    expect(read(superblob([0, directory()], ...others))?.codeDirectories).toHaveLength(1);
    const many = Array.from({ length: 63 }, (_, index) => [100 + index, bigEndianWords(0xfade0b01, 8)] as const);
    expect(read(superblob([0, directory()], ...many))?.blobs.size).toBe(64);
    expect(() => read(superblob([0, directory()], ...many, [200, directory()]))).toThrow("65 blobs are more than 64");
  });

  test("lists each blob with its slot and bytes", () => {
    const set = bigEndianWords(0xfade0c01, 12, 0);
    const signature = read(superblob([0, directory()], [2, set]));
    expect([...(signature?.blobs ?? [])].map(([slot, { length }]) => [slot, length])).toEqual([
      [0, 88],
      [2, 12],
    ]);
  });

  test("finds no signature without its load command (B168)", () => {
    expect(readCodeSignature(readImage(imageOf([])))).toBeUndefined();
  });

  test("names the code signature when its place is not in the image", () => {
    const image = readImage(imageOf([]));
    expect(() => readCodeSignature({ ...image, codeSignature: { offset: 16, size: 100 } })).toThrow(
      /^code signature: needs 100 bytes at 16, but has only 32/,
    );
  });

  const blob = (magic: number, length = 8): Buffer => bigEndianWords(magic, length);
  const huge = 0xffffffff;

  test.each<[title: string, signature: Buffer, message: RegExp]>([
    ["no superblob", blob(0xfade0b01), /starts with 0xfade0b01, not with 0xfade0cc0 \(at byte 48\)/],
    ["a superblob longer than its place", bigEndianWords(0xfade0cc0, 4000, 0), /needs 4000 bytes at 0/],
    ["4 billion blobs", bigEndianWords(0xfade0cc0, 12, huge), /4294967295 blobs are more than 64/],
    ["a blob past the end", bigEndianWords(0xfade0cc0, 20, 1, 0, 5000), /needs 4 bytes at 5004/],
    ["a blob of size zero", superblob([0, blob(0xfade0c02, 0)]), /the blob of slot 0 has the length 0/],
    ["no CodeDirectory", superblob([2, blob(0xfade0c01)]), /there is no CodeDirectory/],
    ["a slot with a wrong blob", superblob([0, blob(0xfade0c01)]), /slot 0 holds 0xfade0c01, not 0xfade0c02/],
    ["a repeated slot", superblob([0, directory()], [0, directory()]), /slot 0 occurs twice/],
    ["4 billion page hashes", superblob([0, directory({ codeSlots: huge })]), /needs 137438953440 bytes at 56/],
    ["4 billion special slots", superblob([0, directory({ specialSlots: huge })]), /needs 137438953440 bytes at -/],
    ["page hashes outside", superblob([0, directory({ hashOffset: 5000 })]), /needs 32 bytes at 5000/],
    ["an unknown hash", superblob([0, directory({ sizes: 0x20090000 + 12 })]), /the hash type 9 is unknown/],
    ["a hash of another size", superblob([0, directory({ sizes: 0x14020000 + 12 })]), /sha256 takes 32 bytes, not 20/],
    ["pages of 2^200 bytes", superblob([0, directory({ sizes: 0x200200c8 })]), /a page of 2\^200 bytes/],
    ["scatter vectors", superblob([0, directory({ scatter: 8 })]), /scatter vectors/],
    [
      "an unterminated identifier",
      superblob([0, directory({ identifier: "idid", hashOffset: 56 }).fill(0x69, 52)]),
      /a text is not terminated by a NUL/,
    ],
  ])("refuses %s", (_title, signature, message) => {
    expect(() => read(signature)).toThrow(message);
  });

  test.each<[title: string, slot: number, blob: Buffer, fault: RegExp]>([
    ["too many requirements", 2, bigEndianWords(0xfade0c01, 12, huge), /requirements are more than 32/],
    ["another blob for requirements", 2, blob(0xfade0c02), /slot 2 holds 0xfade0c02/],
    ["an alternate with an unknown hash", 0x1000, directory({ sizes: 0x20090000 + 12 }), /the hash type 9 is unknown/],
    ["another blob for entitlements", 5, blob(0xfade0b01), /slot 5 holds 0xfade0b01/],
  ])("reads the rest next to %s", (_title, slot, bytes, fault) => {
    const signature = read(superblob([0, directory()], [slot, bytes]));
    expect(signature?.codeDirectories.map(({ identifier }) => identifier)).toEqual(["id"]);
    expect(signature?.faults).toEqual([expect.stringMatching(fault)]);
  });
});
