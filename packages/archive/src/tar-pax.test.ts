import { describe, expect, test } from "@jest/globals";
import { parsePax, paxNumber, paxRecords } from "./tar-pax.ts";

const parse = (records: string | Uint8Array) => parsePax(Buffer.from(records), 100);

describe("parsePax", () => {
  test("reads path, link path and size records, and skips others", () => {
    expect(parse("12 path=a\u00fc\n15 linkpath=a=\n13 size=1024\n13 mtime=1.5\n5 a=\n")).toEqual({
      path: "a\u00fc",
      linkPath: "a=",
      size: 1024,
    });
    expect(parse("")).toEqual({});
    expect(parse("6 a=\n\n")).toEqual({});
  });

  test.each<[title: string, records: string | Uint8Array, problem: string, message: string]>([
    ["no length", "path=a\n", "malformed", "a PAX record does not begin with its length (at byte 100)"],
    ["a length with leading zeros", "009 path=a\n", "malformed", "does not begin with its length"],
    ["a length of eleven digits", "10000000000 a=b\n", "malformed", "does not begin with its length"],
    ["a length and no blank", "12\n", "malformed", "does not begin with its length"],
    ["no blank", "9", "malformed", "does not begin with its length"],
    ["a length past the end", "5 a=\n11 path=a\n", "malformed", "of 11 bytes does not fit its header (at byte 105)"],
    ["a length that ends before the line", "8 path=a\n", "malformed", "does not end with a line feed"],
    ["a length shorter than its own digits", "1 path=a\n", "malformed", "does not end with a line feed"],
    ["no `=`", "7 path\n", "malformed", "has no key"],
    ["an `=` only after the record", "7 path\n=", "malformed", "has no key"],
    ["no key", "7 =abc\n", "malformed", "has no key"],
    ["a key that is not UTF-8", Buffer.from("5 \xff=\n", "latin1"), "unsafe-name", "not UTF-8 (at byte 100)"],
    ["a path that is not UTF-8", Buffer.from("9 path=\xff\n", "latin1"), "unsafe-name", "not UTF-8 (at byte 100)"],
    ["a NUL in a path", "11 path=a\0\n", "unsafe-name", "PAX path holds a NUL (at byte 100)"],
    ["a NUL in a link", "15 linkpath=a\0\n", "unsafe-name", "PAX linkpath holds a NUL"],
    ["a size in letters", "13 size=0x10\n", "malformed", 'PAX size is not a size: "0x10" (at byte 100)'],
    ["a key twice", "5 a=\n5 a=\n", "disagreement", 'PAX tells "a" twice (at byte 105)'],
    ["a sparse map", "5 a=\n22 GNU.sparse.major=1\n", "unsupported", "of which parts are left out (at byte 105)"],
  ])("refuses %s", (_title, records, problem, message) => {
    const refusal = expect.objectContaining({ problem, message: expect.stringContaining(message) });
    expect(() => parse(records)).toThrow(refusal);
  });
});

test("paxRecords returns all records, even repeated ones, and refuses broken ones", () => {
  expect(paxRecords(Buffer.from("5 a=\n9 path=a\n6 a=b\n"), 0)).toEqual([
    ["a", ""],
    ["path", "a"],
    ["a", "b"],
  ]);
  expect(() => paxRecords(Buffer.from("5 a=\n9 path=ab"), 100)).toThrow("does not end with a line feed (at byte 105)");
});

test.each([
  ["0", 0],
  ["0010", 10],
  ["9007199254740991", 2 ** 53 - 1],
  ["9007199254740992", Number.NaN],
  ["", Number.NaN],
  ["-1", Number.NaN],
  ["1 ", Number.NaN],
  ["1.5", Number.NaN],
])("paxNumber of %j is %d", (text, value) => expect(paxNumber(text)).toBe(value));
