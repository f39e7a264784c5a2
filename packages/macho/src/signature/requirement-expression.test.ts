import { describe, expect, test } from "@jest/globals";
import { ByteReader } from "../byte-reader.ts";
import { bigEndianWords } from "../testing/image.ts";
import { formatRequirement } from "./requirement-expression.ts";

const text = (value: string | Buffer): Buffer => {
  const bytes = Buffer.from(value);
  const padding = Buffer.alloc((4 - (bytes.length % 4)) % 4);
  return Buffer.concat([bigEndianWords(bytes.length), bytes, padding]);
};
const parse = (...parts: readonly (number | Buffer)[]): string => {
  const bytes = Buffer.concat(parts.map((part) => (typeof part === "number" ? bigEndianWords(part) : part)));
  return formatRequirement(new ByteReader(bytes, "code requirement", "big"), 0);
};
const developerIdAuthority = text(Buffer.from("2a864886f76364060206", "hex"));

describe("formatRequirement", () => {
  test("writes the requirement that codesign gives a Developer ID program", () => {
    const requirement = parse(
      6,
      6,
      2,
      text("com.example.tool"),
      15,
      6,
      14,
      1,
      developerIdAuthority,
      0,
      11,
      0,
      text("subject.OU"),
      1,
      text("TEAMID1234"),
    );
    expect(requirement).toBe(
      '((identifier "com.example.tool") and (anchor apple generic)) and ' +
        '((certificate 1[field.1.2.840.113635.100.6.2.6] /* exists */) and (certificate leaf[subject.OU] = "TEAMID1234"))',
    );
  });

  test.each<[expected: string, parts: readonly (number | Buffer)[]]>([
    ["never", [0]],
    ["always", [1]],
    ["anchor apple", [3]],
    ['certificate root = H"0102"', [4, 0xffffffff, text(Buffer.from([1, 2]))]],
    ['identifier " ~"', [2, text(" ~")]],
    ['identifier "7f"', [2, text("\x7f")]],
    ['identifier "1f"', [2, text("\x1f")]],
    ["entitlement [a] /* exists */", [16, text("a"), 0]],
    ['entitlement [a] = "b"', [16, text("a"), 1, text("b")]],
    ['entitlement [a] ~ "b"', [16, text("a"), 2, text("b")]],
    ['entitlement [a] = "*b"', [16, text("a"), 4, text("b")]],
    ['entitlement [a] < "b"', [16, text("a"), 5, text("b")]],
    ['entitlement [a] > "b"', [16, text("a"), 6, text("b")]],
    ['entitlement [a] <= "b"', [16, text("a"), 7, text("b")]],
    ['entitlement [a] >= "b"', [16, text("a"), 8, text("b")]],
    ['entitlement [a] = "2001-01-01T00:00:01.000Z"', [16, text("a"), 9, 0, 1]],
    ['entitlement [a] < "2001-01-01T00:00:00.000Z"', [16, text("a"), 10, 0, 0]],
    ['entitlement [a] <= "2000-12-31T23:59:59.000Z"', [16, text("a"), 12, 0xffffffff, 0xffffffff]],
    ['entitlement [a] >= "timestamp 9007199254740992"', [16, text("a"), 13, 0x00200000, 0]],
    ["certificate -2 trusted", [12, 0xfffffffe]],
    ['info[CFBundleName] = "x"', [5, text("CFBundleName"), text("x")]],
    ["(never) or (!(always))", [7, 0, 9, 1]],
    ['cdhash H"ff00"', [8, text(Buffer.from([0xff, 0]))]],
    ['info [Version] >= "1.0"', [10, text("Version"), 8, text("1.0")]],
    ["certificate leaf trusted", [12, 0]],
    ["anchor trusted", [13]],
    ['entitlement [a] = "b*"', [16, text("a"), 3, text("b")]],
    ["certificate 2[policy.2.5.4.3] absent", [17, 2, text(Buffer.from("550403", "hex")), 14]],
    ["anchor apple name", [18, text("name")]],
    ["(code)", [19, text("code")]],
    ["platform = 14", [20, 14]],
    ["notarized", [21]],
    [
      'certificate leaf[timestamp.2.5.4.3] > "2021-01-01T00:00:00.000Z"',
      [22, 0, text(Buffer.from("550403", "hex")), 11, 0, 631152000],
    ],
    ["legacy", [23]],
  ])("writes %s", (expected, parts) => {
    expect(parse(...parts)).toBe(expected);
  });

  test("accepts terms nested 64 deep", () => {
    const negations = (count: number) => parse(...Array.from({ length: count }, () => 9), 1);
    expect(negations(63)).toBe(`${"!(".repeat(63)}always${")".repeat(63)}`);
    expect(() => negations(64)).toThrow("nested too deeply or too long (at byte 256)");
  });

  test("accepts 4096 terms", () => {
    const tree = (levels: number): number[] => (levels === 1 ? [1] : [6, ...tree(levels - 1), ...tree(levels - 1)]);
    expect(parse(9, ...tree(12)).match(/always/g)).toHaveLength(2048);
    expect(() => parse(9, 9, ...tree(12))).toThrow("nested too deeply or too long");
  });

  test.each<[title: string, message: RegExp, parts: readonly (number | Buffer)[]]>([
    ["an unknown operation", /operation 99 is unknown \(at byte 0\)/, [99]],
    ["an unknown match", /match operation 77 is unknown \(at byte 12\)/, [16, text("a"), 77]],
    ["an expression that ends early", /needs 4 bytes at 8/, [6, 1]],
    ["a text longer than the blob", /needs 4294967295 bytes/, [2, 0xffffffff]],
    ["a hundred negations", /nested too deeply/, Array.from({ length: 100 }, () => 9)],
    ["a malformed object identifier", /object identifier is malformed/, [14, 0, text(Buffer.from([0x86])), 0]],
  ])("refuses %s", (_title, message, parts) => {
    expect(() => parse(...parts)).toThrow(message);
  });
});
