import { describe, expect, test } from "@jest/globals";
import { HashProgress } from "./hash-progress.ts";

describe("HashProgress", () => {
  test("grows with each read and each finished job", () => {
    const progress = new HashProgress([100, 30, 5]);
    expect([progress.done, progress.total]).toEqual([0, 135]);
    progress.read(60);
    progress.read(20);
    expect(progress.done).toBe(80);
    progress.finish(0);
    expect(progress.done).toBe(100);
    progress.finish(2);
    expect(progress.done).toBe(105);
    progress.finish(1);
    expect(progress.done).toBe(135);
  });

  test("keeps the bytes read by other jobs when one finishes", () => {
    const progress = new HashProgress([100, 100]);
    progress.read(90);
    progress.read(90);
    progress.finish(0);
    expect(progress.done).toBe(180);
  });

  test("is never more than the total or less than the finished jobs", () => {
    const progress = new HashProgress([10, 20]);
    progress.read(50);
    expect(progress.done).toBe(30);
    progress.finish(1);
    progress.finish(0);
    expect(progress.done).toBe(30);
  });

  test("counts a short job that reported no reads", () => {
    const progress = new HashProgress([10, 20]);
    progress.finish(0);
    expect(progress.done).toBe(10);
    progress.read(5);
    expect(progress.done).toBe(15);
  });
});
