import { setImmediate } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import { forEachLimited } from "./for-each-limited.ts";

describe("forEachLimited", () => {
  test("does all the work, and no more at a time than it may", async () => {
    const begun: number[] = [];
    let [underWay, peak] = [0, 0];
    await forEachLimited([1, 2, 3, 4, 5], 2, async (item) => {
      begun.push(item);
      underWay += 1;
      peak = Math.max(peak, underWay);
      await setImmediate();
      underWay -= 1;
    });
    expect(begun).toEqual([1, 2, 3, 4, 5]);
    expect(peak).toBe(2);
  });

  test("begins nothing after a failure, and waits for what is under way", async () => {
    const ended: number[] = [];
    const failing = forEachLimited([1, 2, 3, 4], 2, async (item) => {
      if (item === 1) throw new Error("the first");
      await setImmediate();
      ended.push(item);
      throw new Error("the second");
    });
    await expect(failing).rejects.toThrow("the first");
    expect(ended).toEqual([2]);
  });

  test("has nothing to do without items", async () => {
    await forEachLimited([], 3, async () => expect("work").toBe("none"));
  });
});
