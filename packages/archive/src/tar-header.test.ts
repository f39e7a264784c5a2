import { describe, expect, test } from "@jest/globals";
import { isTarHeader, paddingAfter, parseHeader } from "./tar-header.ts";
import { base256, member } from "./testing/crafted-tar.ts";

/** Only the header block of a member. */
const header = (fields: Parameters<typeof member>[0]): Uint8Array => member(fields).subarray(0, 512);
const V7 = "\0".repeat(8);

describe("parseHeader", () => {
  test("reads the fields of ustar, and adds the prefix to the name", () => {
    const fields = { name: "name", prefix: "folder", linkName: "target", typeflag: "2", size: 0o123 };
    expect(parseHeader(header({ ...fields, at: { 100: "0104755\0" } }), 0)).toEqual({
      typeflag: "2",
      name: Buffer.from("folder/name"),
      linkName: Uint8Array.from(Buffer.from("target")),
      size: 0o123,
      mode: 0o104755,
    });
  });

  test("reads no prefix from a GNU header, which has times in its place", () => {
    const { name } = parseHeader(header({ name: "name", prefix: "14000000000", magic: "ustar  \0" }), 0);
    expect(Buffer.from(name).toString()).toBe("name");
  });

  test("reads fields that fill their space without a final NUL", () => {
    const fields = { name: "n".repeat(100), prefix: "p".repeat(155), linkName: "l".repeat(100) };
    // Some programs use the bytes behind the prefix.
    const { name, linkName } = parseHeader(header({ ...fields, at: { 500: "x" } }), 0);
    expect(Buffer.from(name).toString()).toBe(`${"p".repeat(155)}/${"n".repeat(100)}`);
    expect(linkName).toHaveLength(100);
  });

  test.each<[title: string, size: string | Uint8Array, value: number]>([
    ["leading zeros", "00000001750\0", 1000],
    ["leading and trailing blanks", "   1750 \0 \0\0", 1000],
    ["twelve digits, as some writers fill the field", "777777777777", 8 ** 12 - 1],
    ["nothing", "\0".repeat(12), 0],
    ["base-256", base256(2n ** 53n - 1n), 2 ** 53 - 1],
    ["base-256 with bits in the first byte", Uint8Array.of(0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0), 256],
  ])("reads a size with %s", (_title, size, value) => {
    expect(parseHeader(header({ at: { 124: size } }), 0).size).toBe(value);
  });

  test.each<[title: string, block: Uint8Array, problem: string, message: string]>([
    ["no magic", header({ magic: V7 }), "not-this-format", "no tar header where one must be"],
    ["another magic", header({ magic: "ustar\u000001" }), "not-this-format", "no tar header where one must be"],
    ["another checksum", header({ checksum: "0000001\0" }), "disagreement", "checksum is \\d+, but the header says 1"],
    ["a checksum in letters", header({ checksum: "letters\0" }), "malformed", 'checksum is not an octal .* "letters'],
    ["the digit 8", header({ at: { 124: "00000000008\0" } }), "malformed", "header's size is not an octal number"],
    ["digits after a NUL", header({ at: { 124: `01\0${"2".repeat(9)}` } }), "malformed", "size is not an octal"],
    ["a mode in letters", header({ at: { 100: "rwxr-xr-" } }), "malformed", "header's mode is not an octal number"],
    ["a negative size", header({ size: base256(-5n) }), "malformed", "header's size is negative"],
    ["a size of 2^53", header({ size: base256(2n ** 53n) }), "malformed", "header's size is larger than 2\\^53"],
    ["a size with its highest bits set", header({ size: base256(0x3fn << 88n) }), "malformed", "larger than"],
  ])("refuses %s", (_title, block, problem, message) => {
    expect(() => parseHeader(block, 9)).toThrow(
      expect.objectContaining({ problem, message: expect.stringMatching(`${message}.* \\(at byte 9\\)$`) }),
    );
  });

  test("accepts a Version 7 header if the caller allows it, but never random bytes", () => {
    expect(parseHeader(header({ magic: V7, size: 5 }), 0, { allowV7: true }).size).toBe(5);
    const noise = header({ magic: V7, checksum: "0000001\0" });
    expect(() => parseHeader(noise, 0, { allowV7: true })).toThrow("no tar header");
  });
});

describe("isTarHeader", () => {
  test.each<[title: string, head: Uint8Array, expected: boolean]>([
    ["a header", header({}), true],
    ["a header with a body after it", member({ body: "x" }), true],
    ["a header of Version 7", header({ magic: V7 }), true],
    ["a checksum with blanks around it", withChecksum((sum) => `  ${sum.toString(8)} \0`), true],
    ["a checksum that fills its field with digits", withChecksum((sum) => sum.toString(8).padStart(8, "0")), true],
    ["a checksum that is off by one", withChecksum((sum) => (sum + 1).toString(8).padStart(8, "0")), false],
    ["no checksum", withChecksum(() => "        "), false],
    ["a checksum with a letter after it", withChecksum((sum) => `${sum.toString(8)}x`), false],
    ["less than a block", header({}).subarray(0, 511), false],
    ["a header without a name", header({ name: "" }), false],
    ["a block of zeros", new Uint8Array(512), false],
  ])("of %s is %s", (_title, head, expected) => {
    expect(isTarHeader(head)).toBe(expected);
  });
});

test("padding fills the last block, and is empty after a full block", () => {
  expect([0, 1, 511, 512, 513].map(paddingAfter)).toEqual([0, 511, 1, 0, 511]);
});

/** A header whose checksum field is written by `write`, which gets the correct sum. */
function withChecksum(write: (sum: number) => string): Uint8Array {
  const block = Buffer.from(header({ checksum: "        " }));
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(write(sum), 148, 8, "latin1");
  return block;
}
