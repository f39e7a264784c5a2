import { describe, expect, test } from "@jest/globals";
import { progressPrinter } from "./progress.ts";

function print(isTerminal: boolean, steps: readonly [at: number, done: number][]): string {
  const written: string[] = [];
  let clock = 0;
  const show = progressPrinter({ isTerminal, now: () => clock, write: (text) => written.push(text) });
  for (const [at, done] of steps) {
    clock = at;
    show({ label: "image", done, total: 200_000_000, unit: "bytes" });
  }
  return written.join("");
}

describe("progressPrinter", () => {
  test("writes a line every five seconds in a log", () => {
    const text = print(false, [
      [100, 1],
      [5000, 50_000_000],
      [6000, 60_000_000],
      [10_500, 100_000_000],
    ]);
    expect(text).toBe("image: 50.0 MB of 200 MB (25 %)\nimage: 100 MB of 200 MB (50 %)\n");
  });

  test("says nothing in a log when the work is quick", () => {
    expect(print(false, [[900, 200_000_000]])).toBe("");
  });

  test("draws a bar on a terminal and ends its line", () => {
    const text = print(true, [
      [0, 100_000_000],
      [10, 110_000_000],
      [20, 200_000_000],
    ]);
    expect(text).toContain("[###############---------------] image: 100 MB of 200 MB (50 %)");
    expect(text).not.toContain("110 MB");
    expect(text.endsWith("(100 %)\n")).toBe(true);
  });
});
