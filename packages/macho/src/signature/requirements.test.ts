import { describe, expect, test } from "@jest/globals";
import { ByteReader } from "../byte-reader.ts";
import { MachoError } from "../error.ts";
import { bigEndianWords } from "../testing/image.ts";
import { checkRequirements } from "./requirements.ts";

type Part = number | Buffer;

const requirement = (...expression: readonly Part[]): Buffer => {
  const parts = Buffer.concat(expression.map((part) => (typeof part === "number" ? bigEndianWords(part) : part)));
  return Buffer.concat([bigEndianWords(0xfade0c00, 12 + parts.length, 1), parts]);
};

/** A requirement set (Security framework, `Requirements`). */
function setOf(...requirements: readonly (readonly [kind: number, blob: Buffer])[]): Buffer {
  let offset = 12 + requirements.length * 8;
  const index = requirements.flatMap(([kind, { length }]) => {
    offset += length;
    return [kind, offset - length];
  });
  const blobs = requirements.map(([, blob]) => blob);
  return Buffer.concat([bigEndianWords(0xfade0c01, offset, requirements.length, ...index), ...blobs]);
}

const check = (bytes: Buffer): void => checkRequirements(new ByteReader(bytes, "requirements", "big", 100));
/** Checks a set with one expression, which begins at byte 132. */
const checkOne = (...parts: readonly Part[]): void => check(setOf([3, requirement(...parts)]));

describe("checkRequirements", () => {
  test("accepts every kind of requirement.h, an empty set, and one of 32", () => {
    check(setOf(...[1, 2, 3, 4, 5, 6].map((kind) => [kind, requirement(kind % 2)] as const)));
    check(setOf());
    check(setOf(...Array.from({ length: 32 }, () => [3, requirement(1)] as const)));
  });

  const broken = Buffer.from(requirement(1)).fill(0, 3, 4);
  test.each<[title: string, bytes: Buffer, fault: string]>([
    ["a set of 33", bigEndianWords(0xfade0c01, 12, 33), "requirements: 33 requirements are more than 32 (at byte 108)"],
    [
      "a requirement outside of the set",
      bigEndianWords(0xfade0c01, 20, 1, 3, 500),
      "requirements: needs 4 bytes at 504",
    ],
    ["another magic", setOf([3, broken.fill(1, 3, 4)]), "code requirement: starts with 0xfade0c01 (at byte 120)"],
    [
      "an unknown form of expression",
      setOf([3, bigEndianWords(0xfade0c00, 16, 2, 1)]),
      "the expression form 2 is unknown (at byte 128)",
    ],
    [
      "an unknown operation",
      setOf([3, requirement(99)]),
      "code requirement: the operation 99 is unknown (at byte 132)",
    ],
    [
      "an unreadable one after another",
      setOf([1, requirement(1)], [3, requirement(99)]),
      "99 is unknown (at byte 156)",
    ],
  ])("refuses %s", (_title, bytes, fault) => {
    expect(() => check(bytes)).toThrow(fault);
    expect(() => check(bytes)).toThrow(MachoError);
  });
});

describe("an expression", () => {
  const text = (value: string | Buffer): Buffer => {
    const bytes = Buffer.from(value);
    const padding = Buffer.alloc((4 - (bytes.length % 4)) % 4);
    return Buffer.concat([bigEndianWords(bytes.length), bytes, padding]);
  };
  const oid = text(Buffer.from("550403", "hex"));
  const developerIdAuthority = text(Buffer.from("2a864886f76364060206", "hex"));

  test("may be the requirement that codesign gives a Developer ID program", () => {
    const isFromAuthority = [14, 1, developerIdAuthority, 0];
    const isOfTeam = [11, 0, text("subject.OU"), 1, text("TEAMID1234")];
    checkOne(6, 6, 2, text("com.example.tool"), 15, 6, ...isFromAuthority, ...isOfTeam);
  });

  /** The operations and match operations of requirement.h, with their operands. */
  test.each<[meaning: string, parts: readonly Part[]]>([
    ["never", [0]],
    ["always", [1]],
    ["anchor apple", [3]],
    ['certificate root = H"0102"', [4, 0xffffffff, text(Buffer.from([1, 2]))]],
    ['identifier " ~"', [2, text(" ~")]],
    ["entitlement [a] /* exists */", [16, text("a"), 0]],
    ['entitlement [a] = "b"', [16, text("a"), 1, text("b")]],
    ['entitlement [a] ~ "b"', [16, text("a"), 2, text("b")]],
    ['entitlement [a] = "b*"', [16, text("a"), 3, text("b")]],
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
    ["(never) and (always)", [6, 0, 1]],
    ["(never) or (!(always))", [7, 0, 9, 1]],
    ['cdhash H"ff00"', [8, text(Buffer.from([0xff, 0]))]],
    ['info [Version] >= "1.0"', [10, text("Version"), 8, text("1.0")]],
    ['certificate leaf[subject.OU] = "TEAM"', [11, 0, text("subject.OU"), 1, text("TEAM")]],
    ["anchor trusted", [13]],
    ["certificate 1[field.2.5.4.3] /* exists */", [14, 1, oid, 0]],
    ["anchor apple generic", [15]],
    ["certificate 2[policy.2.5.4.3] absent", [17, 2, oid, 14]],
    ["anchor apple name", [18, text("name")]],
    ["(code)", [19, text("code")]],
    ["platform = 14", [20, 14]],
    ["notarized", [21]],
    ['certificate leaf[timestamp.2.5.4.3] > "2021-01-01T00:00:00.000Z"', [22, 0, oid, 11, 0, 631152000]],
    ["legacy", [23]],
  ])("%s ends after its last operand", (_meaning, parts) => {
    checkOne(...parts);
    const end = 132 + 4 + requirement(...parts).length - 12;
    expect(() => checkOne(6, ...parts, 99)).toThrow(`the operation 99 is unknown (at byte ${end})`);
  });

  test("may be nested 64 deep", () => {
    const negations = (count: number) => checkOne(...Array.from({ length: count }, () => 9), 1);
    negations(63);
    expect(() => negations(64)).toThrow("nested too deeply or too long (at byte 388)");
  });

  test("may have 4096 terms", () => {
    const tree = (levels: number): number[] => (levels === 1 ? [1] : [6, ...tree(levels - 1), ...tree(levels - 1)]);
    checkOne(9, ...tree(12));
    expect(() => checkOne(9, 9, ...tree(12))).toThrow("nested too deeply or too long");
  });

  test.each<[title: string, message: string, parts: readonly Part[]]>([
    ["an unknown operation", "the operation 24 is unknown (at byte 132)", [24]],
    ["an unknown match", "the match operation 15 is unknown (at byte 144)", [16, text("a"), 15]],
    ["an end that is missing", "needs 4 bytes at 20", [6, 1]],
    ["a text longer than the blob", "needs 4294967295 bytes", [2, 0xffffffff]],
    ["half a time", "needs 8 bytes at 28", [16, text("a"), 9, 0]],
    ["a hundred negations", "nested too deeply", Array.from({ length: 100 }, () => 9)],
    ["a malformed object identifier", "an object identifier is malformed (at byte 140)", [14, 0, text("\x86"), 0]],
  ])("is refused with %s", (_title, message, parts) => {
    expect(() => checkOne(...parts)).toThrow(message);
  });
});
