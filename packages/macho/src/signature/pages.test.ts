import { describe, expect, test } from "@jest/globals";
import { readImage } from "../image.ts";
import { command, imageOf, words } from "../testing/image.ts";
import { type DirectoryFields, directoryOf, signedImageOf, superblobOf } from "../testing/signed-image.ts";
import { verifyPages } from "./pages.ts";
import { readCodeSignature } from "./superblob.ts";

function verify(fields: DirectoryFields = {}, change: (bytes: Buffer) => Uint8Array = (bytes) => bytes) {
  return verifyImage(change(signedImageOf((code) => superblobOf([[0, directoryOf(code, fields)]]))));
}

function verifyImage(signed: Uint8Array) {
  const image = readImage(signed);
  const [directory] = readCodeSignature(image)?.codeDirectories ?? [];
  if (directory === undefined) throw new Error("no signature");
  return verifyPages(image, directory);
}

const changed = (at: number) => (bytes: Buffer) => {
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  return bytes;
};

describe("verifyPages", () => {
  test.each<[string, DirectoryFields]>([
    ["pages of 4096 bytes", {}],
    ["pages of 16 KiB", { pageShift: 14 }],
    ["one hash over everything", { pageShift: 0 }],
    ["SHA-1", { hashType: 1 }],
    ["SHA-256 truncated to 20 bytes", { hashType: 3 }],
    ["SHA-512", { hashType: 5 }],
  ])("finds no changes in an image signed with %s", (_title, fields) => expect(verify(fields)).toBeUndefined());

  test.each([
    [4095, 0, 0],
    [4096, 1, 4096],
    [8191, 1, 4096],
    [9999, 2, 8192],
  ])("reports the page of a change at byte %d", (at, page, offset) => {
    expect(verify({}, changed(at))).toEqual({ kind: "page", page, offset });
  });

  test.each<DirectoryFields>([{ pageShift: 0 }, { hashType: 3 }])("notices a change with %j", (fields) => {
    expect(verify(fields, changed(9999))).toMatchObject({ kind: "page" });
  });

  test("does not check the signature's own bytes", () => expect(verify({}, changed(10_000 + 16_000))).toBeUndefined());

  test("reports bytes after the last segment, and only those", () => {
    expect(verify({}, (bytes) => Buffer.concat([bytes, Buffer.alloc(1)]))).toEqual({ kind: "trailing", bytes: 1 });
  });

  test("reports all bytes of an image without segments", () => {
    const head = imageOf([command(29, words(0, 0))]);
    const signature = superblobOf([[0, directoryOf(head)]]);
    const signed = imageOf([command(29, words(head.length, signature.length))], { tail: signature });
    expect(verifyImage(signed)).toEqual({ kind: "trailing", bytes: signed.length });
  });

  test("reports a code limit that is not the start of the signature", () => {
    expect(verify({ codeLimit: 8192 })).toEqual({ kind: "limit", codeLimit: 8192, expected: 10_000 });
    expect(verify({ codeLimit64: 10_001 })).toEqual({ kind: "limit", codeLimit: 10_001, expected: 10_000 });
  });

  test("reports a number of pages that does not match the code", () => {
    const cut = (bytes: Buffer): Buffer => {
      const directory = bytes.indexOf(Buffer.from("fade0c02", "hex"));
      bytes.writeUInt32BE(2, directory + 28);
      return bytes;
    };
    expect(verify({}, cut)).toEqual({ kind: "count", found: 2, expected: 3 });
  });
});
