import { describe, expect, test } from "@jest/globals";
import { readImage } from "../image.ts";
import { command, imageOf, words } from "../testing/image.ts";
import { type DirectoryFields, directoryOf, signedImageOf, superblobOf } from "../testing/signed-image.ts";
import { pageFault } from "./pages.ts";
import { readCodeSignature } from "./superblob.ts";

function verify(fields: DirectoryFields = {}, change: (bytes: Buffer) => Uint8Array = (bytes) => bytes) {
  return verifyImage(change(signedImageOf((code) => superblobOf([[0, directoryOf(code, fields)]]))));
}

function verifyImage(signed: Uint8Array) {
  const image = readImage(signed);
  const [directory] = readCodeSignature(image)?.codeDirectories ?? [];
  if (directory === undefined) throw new Error("no signature");
  return pageFault(image, directory);
}

const changed = (at: number) => (bytes: Buffer) => {
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  return bytes;
};

describe("pageFault", () => {
  test.each<[string, DirectoryFields]>([
    ["pages of 4096 bytes", {}],
    ["pages of 16 KiB", { pageShift: 14 }],
    ["one hash over everything", { pageShift: 0 }],
    ["SHA-1", { hashType: 1 }],
    ["SHA-256 truncated to 20 bytes", { hashType: 3 }],
    ["SHA-512", { hashType: 5 }],
  ])("finds no changes in an image signed with %s", (_title, fields) => expect(verify(fields)).toBeUndefined());

  test.each([
    [4095, "page 0, at byte 0"],
    [4096, "page 1, at byte 4096"],
    [8191, "page 1, at byte 4096"],
    [9999, "page 2, at byte 8192"],
  ])("reports the page of a change at byte %d", (at, page) => {
    expect(verify({}, changed(at))).toBe(`the sha256 of ${page}, is not the signed one`);
  });

  test.each<[fields: DirectoryFields, page: string, hash: string]>([
    [{ pageShift: 0 }, "page 0, at byte 0", "sha256"],
    [{ hashType: 3 }, "page 2, at byte 8192", "sha256-truncated"],
  ])("notices a change with %j", (fields, page, hash) => {
    expect(verify(fields, changed(9999))).toBe(`the ${hash} of ${page}, is not the signed one`);
  });

  test("does not check the signature's own bytes", () => expect(verify({}, changed(10_000 + 16_000))).toBeUndefined());

  test("reports bytes after the last segment, and only those", () => {
    expect(verify({}, (bytes) => Buffer.concat([bytes, Buffer.alloc(1)]))).toBe(
      "there are 1 bytes after its last segment",
    );
  });

  test("reports all bytes of an image without segments", () => {
    const head = imageOf([command(29, words(0, 0))]);
    const signature = superblobOf([[0, directoryOf(head)]]);
    const signed = imageOf([command(29, words(head.length, signature.length))], { tail: signature });
    expect(verifyImage(signed)).toBe(`there are ${signed.length} bytes after its last segment`);
  });

  test("reports a code limit that is not the start of the signature", () => {
    expect(verify({ codeLimit: 8192 })).toBe("8192 bytes are signed, but it has 10000");
    expect(verify({ codeLimit64: 10_001 })).toBe("10001 bytes are signed, but it has 10000");
  });

  test("reports a number of pages that does not match the code", () => {
    const cut = (bytes: Buffer): Buffer => {
      const directory = bytes.indexOf(Buffer.from("fade0c02", "hex"));
      bytes.writeUInt32BE(2, directory + 28);
      return bytes;
    };
    expect(verify({}, cut)).toBe("2 pages are signed, but it has 3");
  });
});
