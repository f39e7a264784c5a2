import { describe, expect, test } from "@jest/globals";
import { Coverage } from "./coverage.ts";

describe("Coverage", () => {
  test.each<[what: string, ranges: readonly (readonly [offset: number, length: number])[], size: number]>([
    ["nothing", [], 0],
    [
      "pieces that follow each other",
      [
        [0, 10],
        [10, 5],
        [15, 1],
      ],
      16,
    ],
    [
      "separate pieces",
      [
        [100, 10],
        [0, 10],
      ],
      20,
    ],
    [
      "one piece twice",
      [
        [5, 10],
        [5, 10],
      ],
      10,
    ],
    [
      "pieces that overlap",
      [
        [0, 10],
        [20, 10],
        [5, 20],
      ],
      30,
    ],
    [
      "a piece inside another",
      [
        [0, 100],
        [10, 10],
        [100, 1],
      ],
      101,
    ],
    [
      "a piece that grows into an earlier one",
      [
        [10, 10],
        [0, 8],
        [8, 6],
        [14, 10],
      ],
      24,
    ],
  ])("counts %s", (_what, ranges, size) => {
    const coverage = new Coverage();
    for (const [offset, length] of ranges) coverage.add(offset, length);
    expect(coverage.size).toBe(size);
  });
});
