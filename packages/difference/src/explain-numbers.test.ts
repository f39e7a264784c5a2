import { describe, expect, test } from "@jest/globals";
import { memorySource } from "@release-actions/archive";
import { mapBytes } from "./byte-map.ts";
import { explainNumbers } from "./explain-numbers.ts";
import { BUILT_LEFT, BUILT_RIGHT, like, WINDOWS } from "./testing/explain.ts";
import type { TimeWindows } from "./time-window.ts";

async function explain(left: Buffer, right: Buffer, windows: TimeWindows = WINDOWS) {
  const [a, b] = [memorySource(left), memorySource(right)];
  const causes = await explainNumbers([a, b], await mapBytes([a, b]), ".data+", windows);
  return causes.map(({ kind, place, left: one, right: other }) => [kind, place, one, other]);
}

/** A number with eight other bytes before and after it. */
function around(value: bigint, width: 4 | 8, isLittle: boolean): Buffer {
  const bytes = Buffer.alloc(16 + width, 0xee);
  if (width === 8) isLittle ? bytes.writeBigUInt64LE(value, 8) : bytes.writeBigUInt64BE(value, 8);
  else isLittle ? bytes.writeUInt32LE(Number(value), 8) : bytes.writeUInt32BE(Number(value), 8);
  return bytes;
}

const UNITS = [
  ["seconds", 1n],
  ["milliseconds", 1000n],
  ["microseconds", 1_000_000n],
  ["nanoseconds", 1_000_000_000n],
] as const;

describe("explainNumbers", () => {
  test.each(UNITS.flatMap(([unit, factor]) => [true, false].map((isLittle) => [unit, factor, isLittle] as const)))(
    "reads %s (factor %d) in 8 bytes, little-endian: %s",
    async (unit, factor, isLittle) => {
      const [one, other] = [BigInt(BUILT_LEFT) * factor, BigInt(BUILT_RIGHT) * factor];
      const [found = [], ...more] = await explain(around(one, 8, isLittle), around(other, 8, isLittle));
      expect(more).toEqual([]);
      expect(found[0]).toBe("timestamp");
      expect(found[1]).toMatch(/^\.data\+0x[89abcdef]$/);
      expect(found.slice(2)).toEqual([
        `${one} (2023-11-14T22:13:20.000Z in ${unit})`,
        `${other} (2025-11-20T11:00:00.000Z in ${unit})`,
      ]);
    },
  );

  test.each([true, false])("reads seconds in 4 bytes, little-endian: %s", async (isLittle) => {
    const sides = [BUILT_LEFT, BUILT_RIGHT].map((seconds) => around(BigInt(seconds), 4, isLittle));
    expect(await explain(sides[0] ?? Buffer.alloc(0), sides[1] ?? Buffer.alloc(0))).toEqual([like("timestamp")]);
  });

  test("reads a time at the start and at the end of a file", async () => {
    const number = (seconds: number): Buffer => around(BigInt(seconds), 4, true).subarray(8, 12);
    expect(await explain(number(BUILT_LEFT), number(BUILT_RIGHT))).toEqual([like("timestamp", ".data+0x0")]);
    const long = (seconds: number): Buffer => around(BigInt(seconds), 8, true).subarray(8, 16);
    expect(await explain(long(BUILT_LEFT), long(BUILT_RIGHT))).toEqual([like("timestamp", ".data+0x0")]);
    const first = (seconds: number): Buffer => Buffer.concat([number(seconds), Buffer.alloc(20)]);
    expect(await explain(first(BUILT_LEFT), first(BUILT_RIGHT))).toEqual([like("timestamp", ".data+0x0")]);
    const last = (seconds: number): Buffer => Buffer.concat([Buffer.alloc(20), number(seconds)]);
    expect(await explain(last(BUILT_LEFT), last(BUILT_RIGHT))).toEqual([like("timestamp", ".data+0x14")]);
  });

  test("reports times only when every differing range is a time", async () => {
    const file = (seconds: number, other: number): Buffer =>
      Buffer.concat([around(BigInt(seconds), 8, true), around(BigInt(other), 8, true)]);
    expect(await explain(file(BUILT_LEFT, BUILT_LEFT), file(BUILT_RIGHT, BUILT_RIGHT))).toHaveLength(2);
    expect(await explain(file(BUILT_LEFT, 5), file(BUILT_RIGHT, 6))).toEqual([]);
  });

  test("reports at most 64 times", async () => {
    const many = (seconds: number, count: number): Buffer =>
      Buffer.concat(Array.from({ length: count }, () => around(BigInt(seconds), 4, true)));
    expect(await explain(many(BUILT_LEFT, 64), many(BUILT_RIGHT, 64))).toHaveLength(64);
    expect(await explain(many(BUILT_LEFT, 65), many(BUILT_RIGHT, 65))).toEqual([]);
  });

  test.each<[name: string, left: number, right: number, windows: TimeWindows]>([
    ["a time of the other build", BUILT_RIGHT, BUILT_LEFT, WINDOWS],
    ["a time long before the builds", 1_500_000_000, 1_500_000_001, WINDOWS],
    [
      "a number when the left build's times are unknown",
      BUILT_LEFT,
      BUILT_RIGHT,
      { now: WINDOWS.now, right: WINDOWS.right },
    ],
    [
      "a number when the right build's times are unknown",
      BUILT_LEFT,
      BUILT_RIGHT,
      { now: WINDOWS.now, left: WINDOWS.left },
    ],
  ])("does not report %s", async (_name, left, right, windows) => {
    expect(await explain(around(BigInt(left), 8, true), around(BigInt(right), 8, true), windows)).toEqual([]);
  });

  test("does not report a time that no build can have, even within the given times", async () => {
    const early = { now: WINDOWS.now, left: { from: 0, to: 1e12 }, right: { from: 0, to: 2e12 } };
    const [old, built] = [Date.UTC(1979, 0, 1) / 1000, BUILT_RIGHT];
    expect(await explain(around(BigInt(old), 8, true), around(BigInt(built), 8, true), early)).toEqual([]);
    expect(
      await explain(around(BigInt(built), 8, true), around(BigInt(old), 8, true), { ...early, left: early.right }),
    ).toEqual([]);
    expect(
      await explain(around(BigInt(BUILT_LEFT), 8, true), around(BigInt(built), 8, true), {
        ...early,
        left: early.right,
      }),
    ).toHaveLength(1);
  });

  test.each([
    ["eA A", "iA A"],
    ["eAAA", "\x90AAA"],
    ["\x90AAA", "iAAA"],
  ])("does not report %j beside %j, of which one is a text", async (left, right) => {
    const around = (side: string): Buffer => Buffer.from(`\xee\xee\xee\xee${side}\xee\xee\xee\xee`, "latin1");
    const [one = 0, other = 0] = [left, right].map((side) => Buffer.from(side, "latin1").readUInt32LE(0) * 1000);
    const windows = { now: WINDOWS.now, left: { from: one, to: one }, right: { from: other, to: other } };
    expect(Math.min(one, other)).toBeGreaterThan(Date.UTC(1980, 0, 1));
    expect(await explain(around(left), around(right), windows)).toEqual([]);
  });

  test("does not report printable bytes, which are a text", async () => {
    const text = (side: string): Buffer => Buffer.from(`\xee\xee\xee\xee${side}\xee\xee\xee\xee`, "latin1");
    const [one, other] = ["eAAA", "iAAA"].map((side) => Buffer.from(side).readUInt32LE(0) * 1000) as [number, number];
    const windows = { now: WINDOWS.now, left: { from: one, to: one }, right: { from: other, to: other } };
    expect(one).toBeGreaterThan(Date.UTC(1980, 0, 1));
    expect(await explain(text("eAAA"), text("iAAA"), windows)).toEqual([]);
  });

  test("does not report ranges of more than eight bytes, or files of different sizes", async () => {
    const wide = (seconds: number): Buffer =>
      Buffer.concat([around(BigInt(seconds), 8, true).subarray(8, 16), Buffer.from([seconds & 255])]);
    expect(await explain(wide(BUILT_LEFT), wide(BUILT_RIGHT + 1))).toEqual([]);
    const bytes = around(BigInt(BUILT_LEFT), 8, true);
    expect(await explain(bytes, Buffer.concat([around(BigInt(BUILT_RIGHT), 8, true), Buffer.alloc(1)]))).toEqual([]);
    expect(await explain(bytes, bytes)).toEqual([]);
  });
});
