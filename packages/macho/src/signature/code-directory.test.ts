import { createHash } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { ByteReader } from "../byte-reader.ts";
import { type DirectoryFields, directoryOf } from "../testing/signed-image.ts";
import { hasFlag, readCodeDirectory, SIGNATURE_FLAGS, type SignatureFlag } from "./code-directory.ts";

const code = Buffer.alloc(10_000, 1);
const read = (fields: DirectoryFields = {}, change: (bytes: Buffer) => void = () => undefined) => {
  const bytes = directoryOf(code, fields);
  change(bytes);
  return readCodeDirectory(new ByteReader(bytes, "code signature slot 0", "big", 500));
};
const digest = (algorithm: string, bytes: Uint8Array, size?: number): string =>
  createHash(algorithm)
    .update(bytes)
    .digest("hex")
    .slice(0, size && size * 2);
const hex = (hashes: Iterable<Uint8Array>): string[] => [...hashes].map((hash) => Buffer.from(hash).toString("hex"));

describe("readCodeDirectory", () => {
  test("reads every field of the newest version", () => {
    const special = new Map([
      [2, Buffer.from("two")],
      [5, Buffer.from("five")],
    ]);
    const directory = read({ flags: 0x10200, identifier: "com.example.a", teamId: "TEAMID1234", special });
    expect(directory).toMatchObject({
      flags: 0x10200,
      identifier: "com.example.a",
      teamId: "TEAMID1234",
      hash: { name: "sha256", size: 32 },
      pageSize: 4096,
      codeLimit: 10_000,
    });
    const pages = [code.subarray(0, 4096), code.subarray(4096, 8192), code.subarray(8192)];
    expect(hex(directory.pageHashes)).toEqual(pages.map((page) => digest("sha256", page)));
    expect([...directory.specialHashes.keys()]).toEqual([2, 5]);
    expect(hex(directory.specialHashes.values())).toEqual([...special.values()].map((one) => digest("sha256", one)));
    expect(directory.cdhash).toBe(digest("sha256", directory.bytes, 20));
  });

  test.each([
    [1, "sha1", "sha1", 20],
    [2, "sha256", "sha256", 32],
    [3, "sha256-truncated", "sha256", 20],
    [4, "sha384", "sha384", 48],
    [5, "sha512", "sha512", 64],
  ] as const)("reads hash type %d of cs_blobs.h as %s", (hashType, name, algorithm, size) => {
    const directory = read({ hashType });
    expect(directory.hash).toEqual({ name, algorithm, size });
    expect(hex(directory.pageHashes)[2]).toBe(digest(algorithm, code.subarray(8192), size));
    expect(directory.cdhash).toBe(digest(algorithm, directory.bytes, 20));
  });

  test.each<[version: number, expected: object]>([
    [0x20001, { teamId: undefined, codeLimit: 10_000 }],
    [0x20100, { teamId: undefined, codeLimit: 10_000 }],
    [0x20200, { teamId: "TEAM", codeLimit: 10_000 }],
    [0x20300, { teamId: "TEAM", codeLimit: 77 }],
    [0x20400, { teamId: "TEAM", codeLimit: 77 }],
    [0x20500, { teamId: "TEAM", codeLimit: 77 }],
  ])("of version %d has the fields of that version", (version, expected) => {
    const since = version >= 0x20200 ? { teamId: "TEAM" } : {};
    const fields = { version, ...since, codeLimit64: 77 };
    expect(read(fields)).toMatchObject({ identifier: "com.example.tool", ...expected });
  });

  test("leaves out optional fields of the newest version", () => {
    expect(read()).toMatchObject({ teamId: undefined, codeLimit: 10_000, flags: 0 });
    expect(read().specialHashes.size).toBe(0);
  });

  test("may have one hash over everything, and pages of 16 KiB", () => {
    expect(read({ pageShift: 0 })).toMatchObject({ pageSize: 0, pageHashes: [expect.anything()] });
    expect(read({ pageShift: 14 }).pageSize).toBe(16_384);
    expect(read({}, (bytes) => bytes.writeUInt8(30, 39)).pageSize).toBe(2 ** 30);
  });

  test.each([
    [0x20400, 80, "needs 24 bytes at 64"],
    [0x20500, 90, "needs 8 bytes at 88"],
  ])("of version %d must have the last fields of that version", (version, length, message) => {
    const bytes = directoryOf(code, { version }).subarray(0, length);
    expect(() => readCodeDirectory(new ByteReader(bytes, "code signature slot 0", "big", 500))).toThrow(message);
  });

  test.each<[title: string, change: (bytes: Buffer) => void, message: string]>([
    ["hash type 0", (bytes) => bytes.writeUInt8(0, 37), "the hash type 0 is unknown (at byte 537)"],
    ["hash type 6", (bytes) => bytes.writeUInt8(6, 37), "the hash type 6 is unknown"],
    ["another size", (bytes) => bytes.writeUInt8(20, 36), "sha256 takes 32 bytes, not 20 (at byte 536)"],
    ["pages of 2 GiB", (bytes) => bytes.writeUInt8(31, 39), "a page of 2^31 bytes (at byte 539)"],
    [
      "scatter vectors",
      (bytes) => bytes.writeUInt32BE(1, 44),
      "it uses scatter vectors, which no macOS program has (at byte 544)",
    ],
    ["page hashes outside", (bytes) => bytes.writeUInt32BE(4, 28), "needs 128 bytes at"],
    ["special hashes outside", (bytes) => bytes.writeUInt32BE(9, 24), "needs 288 bytes at"],
    ["an identifier outside", (bytes) => bytes.writeUInt32BE(5000, 20), "needs 1 byte at 5000"],
    ["a team outside", (bytes) => bytes.writeUInt32BE(5000, 48), "needs 1 byte at 5000"],
  ])("refuses %s", (_title, change, message) => {
    expect(() => read({}, change)).toThrow(message);
  });
});

test("flags have the values of cs_blobs.h and the names of codesign", () => {
  const flags: [SignatureFlag, number][] = [
    ["host", 0x1],
    ["adhoc", 0x2],
    ["hard", 0x100],
    ["kill", 0x200],
    ["expires", 0x400],
    ["restrict", 0x800],
    ["enforcement", 0x1000],
    ["library-validation", 0x2000],
    ["runtime", 0x10000],
    ["linker-signed", 0x20000],
  ];
  expect(Object.entries(SIGNATURE_FLAGS)).toEqual(flags);
  for (const [flag, bit] of flags) {
    expect([hasFlag(read({ flags: bit }), flag), hasFlag(read({ flags: 0x3ffff ^ bit }), flag)]).toEqual([true, false]);
  }
});
