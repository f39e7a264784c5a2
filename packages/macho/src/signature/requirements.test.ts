import { describe, expect, test } from "@jest/globals";
import { ByteReader } from "../byte-reader.ts";
import { bigEndianWords } from "../testing/image.ts";
import { readRequirements } from "./requirements.ts";

const requirement = (...expression: number[]): Buffer =>
  bigEndianWords(0xfade0c00, 12 + expression.length * 4, 1, ...expression);

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

const read = (bytes: Buffer) => readRequirements(new ByteReader(bytes, "requirements", "big", 100));

describe("readRequirements", () => {
  test("names the kinds of requirement.h", () => {
    const kinds = [1, 2, 3, 4, 5, 6].map((kind) => [kind, requirement(kind % 2)] as const);
    expect(read(setOf(...kinds))).toEqual({
      requirements: [
        { kind: "host", expression: "always" },
        { kind: "guest", expression: "never" },
        { kind: "designated", expression: "always" },
        { kind: "library", expression: "never" },
        { kind: "plugin", expression: "always" },
        { kind: "unknown(6)", expression: "never" },
      ],
      faults: [],
    });
  });

  test("accepts an empty set, and one of 32", () => {
    expect(read(setOf())).toEqual({ requirements: [], faults: [] });
    expect(read(setOf(...Array.from({ length: 32 }, () => [3, requirement(1)] as const))).requirements).toHaveLength(
      32,
    );
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
    ["an unknown operation", setOf([3, requirement(99)]), "the operation 99 is unknown (at byte 132)"],
  ])("says why it could not read %s", (_title, bytes, fault) => {
    expect(read(bytes)).toEqual({ requirements: [], faults: [expect.stringContaining(fault)] });
  });

  test("keeps the requirements before an unreadable one", () => {
    const { requirements, faults } = read(setOf([1, requirement(1)], [3, requirement(99)]));
    expect([requirements, faults.length]).toEqual([[{ kind: "host", expression: "always" }], 1]);
  });
});
