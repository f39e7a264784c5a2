import { describe, expect, test } from "@jest/globals";
import { WINDOWS } from "./testing/explain.ts";
import { type Differing, momentsAt } from "./text-moment.ts";
import { pairTexts } from "./text-pair.ts";

/** The times that both texts have in the differing part. */
function moments(left: string, right: string, windows = WINDOWS) {
  const { prefix, suffix } = pairTexts({ text: left, offset: 0 }, { text: right, offset: 0 });
  const side = (text: string): Differing => ({ text, start: prefix, end: text.length - suffix });
  return momentsAt(side(left), side(right), windows);
}

describe("times in texts", () => {
  test.each([
    ["2025-11-20T11:34:51Z", "2025-11-21T09:00:00Z"],
    ["2025-11-20 11:34", "2025-11-21 09:00"],
    ["2025-11-20T11:34:51.123456789Z", "2025-11-20T11:34:51.2Z"],
    ["2025-11-20T11:34:51+01:00", "2025-11-20T12:34:51-0500"],
    ["2025-11-20 11:34:51 UTC", "2025-11-20 11:34:52 UTC"],
    ["2025-11-20 11:34:51 +0000", "2025-11-20 11:34:52 +0000"],
    ["Thu, 20 Nov 2025 11:34:51", "Fri, 21 Nov 2025 09:00:00"],
    ["Thu Nov 20 11:34:51 2025", "Fri Nov  1 09:00:00 2024"],
    ["Thu Nov 20 11:34:51 UTC 2025", "Fri Nov 21 09:00:00 UTC 2025"],
    ["Thu Nov 20 11:34:51 AM CET 2025", "Fri Nov 21 09:00:00 PM CET 2025"],
    ["Nov 20 2025", "Nov  9 2025"],
    ["Nov 20 2025 11:34:51", "Nov 21 2025 09:00:00"],
    ["20 Nov 2025", "1 Dec 2025"],
    ["Nov 20, 2025", "Nov 21, 2025"],
    ["Nov 20 11:34", "Dec  1 09:00"],
    ["11:34:51", "12:01:02"],
    ["20251120T113451", "20251121T090000"],
    ["20251120113451", "20251121090000"],
    ["19991120113451", "19991121090000"],
  ])("are found in %s and %s, independent of the builds' times", (left, right) => {
    expect(moments(`[${left}]`, `[${right}]`, { now: WINDOWS.now })).toEqual([left, right]);
  });

  test.each([
    ["2023-11-14", "2025-11-20"],
    ["20231114", "20251120"],
    ["1700000000", "1763636400"],
    ["1700000000123", "1763636400456"],
    ["1700000000123456", "1763636400456789"],
    ["1700000000123456789", "1763636400456789012"],
  ])("are found in %s and %s only within the builds' times", (left, right) => {
    expect(moments(`[${left}]`, `[${right}]`)).toEqual([left, right]);
    expect(moments(`[${left}]`, `[${right}]`, { now: WINDOWS.now })).toBeUndefined();
    expect(moments(`[${right}]`, `[${left}]`)).toBeUndefined();
  });

  test.each([
    ["hours that do not exist", "24:00:00", "25:00:00"],
    ["minutes that do not exist", "11:60:00", "11:61:00"],
    ["part of a longer list", "1:11:34:51", "1:11:34:52"],
    ["a version", "3.11:34:51", "3.11:34:52"],
    ["digits of a longer number", "92023111409", "92025112009"],
    ["a month that does not exist", "2023-13-14", "2025-13-20"],
    ["a date in the future", "2035-11-14T10:00:00Z", "2036-11-14T10:00:00Z"],
    ["a date before computers", "1970-01-01T00:00:00Z", "1971-01-01T00:00:00Z"],
    ["a time on one side only", "2023-11-14T10:00:00Z", "never"],
    ["text without a time", "alpha", "beta"],
  ])("are not found in %s", (_name, left, right) => expect(moments(`[${left}]`, `[${right}]`)).toBeUndefined());

  test("are found only where the texts differ", () => {
    expect(moments("2025-11-20T11:34:51Z by ann", "2025-11-20T11:34:51Z by bob")).toBeUndefined();
    expect(moments("ann at 11:34:51", "bob at 11:34:51")).toBeUndefined();
    expect(moments("at 11:34:51 to 12:00:00", "at 11:34:51 to 13:00:00")).toEqual(["12:00:00", "13:00:00"]);
    expect(moments("at 11:34:50", "at 11:34:51")).toEqual(["11:34:50", "11:34:51"]);
  });

  test("are not found when the difference begins before the time", () => {
    expect(moments("ann, at 11:34:51", "bob, at 12:34:52")).toBeUndefined();
  });

  test("must have the same format on both sides", () => {
    expect(moments("[11:34:51]", "[2025-11-20]")).toBeUndefined();
  });

  test("are compared with now by day and hour in local formats", () => {
    // Each date is at least a day away from `now`, so that the time zone does not matter.
    const at = (day: number) => ({ now: Date.UTC(2025, 10, day) });
    expect(moments("[Nov 20 2025]", "[Nov 21 2025]", at(22))).toBeDefined();
    expect(moments("[Nov 25 2025]", "[Nov 26 2025]", at(22))).toBeUndefined();
    expect(moments("[25 Nov 2025]", "[26 Nov 2025]", at(22))).toBeUndefined();
    expect(moments("[20 Nov 2025]", "[21 Nov 2025]", at(22))).toBeDefined();
    expect(moments("[Fri Nov 25 11:34:51 2025]", "[Fri Nov 26 11:34:51 2025]", at(22))).toBeUndefined();
    expect(moments("[20251125113451]", "[20251126113451]", at(22))).toBeUndefined();
    expect(moments("[20251120T113451]", "[20251122T113451]", at(22))).toBeDefined();
    // A time with hours and minutes may be a day ahead.
    expect(moments("[20251120T113451]", "[20251123T113451]", at(22))).toBeUndefined();
    expect(moments("[2025-11-20 11:34 UTC]", "[2025-11-23 11:34 UTC]", at(22))).toBeUndefined();
  });
});
