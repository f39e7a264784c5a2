import { describe, expect, test } from "@jest/globals";
import { isNear, isPast } from "./time-window.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const windows = { now: 1e12, left: { from: 100, to: 200 }, right: { from: 300, to: 400 } };

describe("isNear", () => {
  test.each<[left: number, right: number, isIn: boolean]>([
    [100, 300, true],
    [200, 400, true],
    [99, 300, false],
    [201, 300, false],
    [100, 299, false],
    [100, 401, false],
    [300, 100, false],
  ])("%d and %d within 100 to 200 and 300 to 400: %s", (left, right, isIn) => {
    expect(isNear(left, right, windows)).toBe(isIn);
  });

  test("is false when the time of a build is unknown", () => {
    expect(isNear(100, 300, { now: 1e12, left: windows.left })).toBe(false);
    expect(isNear(100, 300, { now: 1e12, right: windows.right })).toBe(false);
  });
});

describe("isPast", () => {
  test.each<[name: string, moment: number, now: number, isPast: boolean]>([
    ["1980", Date.UTC(1980, 0, 1), 1e12, true],
    ["before 1980", Date.UTC(1980, 0, 1) - 1, 1e12, false],
    ["a day ahead, as in a different time zone", 1e12 + DAY_MS, 1e12, true],
    ["more than a day ahead", 1e12 + DAY_MS + 1, 1e12, false],
    ["not a number", Number.NaN, 1e12, false],
  ])("%s", (_name, moment, now, expected) => expect(isPast(moment, { now })).toBe(expected));

  test("accepts a build whose clock is ahead of ours", () => {
    const late = { from: 0, to: 2e12 };
    expect(isPast(2e12, { now: 1e12, left: late })).toBe(true);
    expect(isPast(2e12, { now: 1e12, right: late })).toBe(true);
    expect(isPast(2e12 + DAY_MS + 1, { now: 1e12, left: late, right: late })).toBe(false);
  });
});
