import { describe, expect, test } from "@jest/globals";
import { HashProgress } from "./hash-progress.ts";

describe("the progress of jobs", () => {
  test("grows with what is read, and with each job that is done", () => {
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

  test("does not lose what was read of another job", () => {
    const progress = new HashProgress([100, 100]);
    progress.read(90);
    progress.read(90);
    progress.finish(0);
    expect(progress.done).toBe(180);
  });

  test("is never more than all, nor less than the jobs that are done", () => {
    const progress = new HashProgress([10, 20]);
    progress.read(50);
    expect(progress.done).toBe(30);
    progress.finish(1);
    progress.finish(0);
    expect(progress.done).toBe(30);
  });

  test("counts a short job, of which nothing was told", () => {
    const progress = new HashProgress([10, 20]);
    progress.finish(0);
    expect(progress.done).toBe(10);
    progress.read(5);
    expect(progress.done).toBe(15);
  });
});
