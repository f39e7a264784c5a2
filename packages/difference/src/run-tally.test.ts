import { describe, expect, test } from "@jest/globals";
import { RunTally } from "./run-tally.ts";
import type { ScannedRun } from "./text-runs.ts";

const run = (hash: number, check = hash): ScannedRun => ({
  ...{ offset: 0, length: 8, isDelimited: false, isCString: false, text: () => "text" },
  hash,
  check,
});

describe("RunTally", () => {
  test("is even for a text that both sides have equally often", () => {
    const tally = new RunTally(1000);
    for (const count of [1, 1, -1, -1] as const) tally.add(run(7), count);
    expect(tally.isEven(run(7))).toBe(true);
    expect(tally.isEven(run(8))).toBe(true);
  });

  test("is uneven only for a text that one side has more often", () => {
    const tally = new RunTally(1000);
    for (const count of [1, 1, -1] as const) tally.add(run(7), count);
    tally.add(run(9), 1);
    tally.add(run(9), -1);
    expect([7, 8, 9].map((hash) => tally.isEven(run(hash)))).toEqual([false, true, true]);
  });

  test("distinguishes texts by the second hash when the first is equal", () => {
    const tally = new RunTally(1000);
    tally.add(run(7, 1), 1);
    tally.add(run(7, 2), -1);
    expect(tally.isEven(run(7, 1))).toBe(false);
  });
});
