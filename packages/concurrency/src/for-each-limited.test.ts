import { setImmediate } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import { forEachLimited } from "./for-each-limited.ts";

describe("forEachLimited", () => {
  test("processes all items, and at most the allowed number at a time", async () => {
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

  test("does not start an item after a failure, and waits for those in progress", async () => {
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

  test("does nothing without items", async () => {
    await forEachLimited([], 3, async () => expect("work").toBe("none"));
  });
});
