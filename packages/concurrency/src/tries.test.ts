import { describe, expect, test } from "@jest/globals";
import { AGAIN, doubling, jittered, tryTimes } from "./tries.ts";

/** Tries that record their pauses instead of waiting. */
function recorded(times: number) {
  const pauses: number[] = [];
  return { pauses, tries: { times, pauseMs: doubling(100), wait: async (ms: number) => void pauses.push(ms) } };
}

describe("tryTimes", () => {
  test("returns the first value, and waits twice as long after each failed try", async () => {
    const { pauses, tries } = recorded(5);
    const answers = [AGAIN, AGAIN, AGAIN, undefined] as const;
    let asked = 0;
    expect(await tryTimes<undefined>(tries, async () => answers[asked++] as typeof AGAIN | undefined)).toBeUndefined();
    expect(asked).toBe(4);
    expect(pauses).toEqual([100, 200, 400]);
  });

  test("tells the last try that it is the last", async () => {
    const { tries } = recorded(3);
    const told: boolean[] = [];
    await tryTimes(tries, async (isLast) => {
      told.push(isLast);
      return isLast ? "given up" : AGAIN;
    });
    expect(told).toEqual([false, false, true]);
  });

  test("passes on an error at once, and does not wait after the last try", async () => {
    const { pauses, tries } = recorded(2);
    const attempt = async (isLast: boolean) => {
      if (isLast) throw new Error("refused");
      return AGAIN;
    };
    await expect(tryTimes(tries, attempt)).rejects.toThrow("refused");
    expect(pauses).toEqual([100]);
    await expect(tryTimes(tries, async () => AGAIN)).rejects.toThrow("neither a value nor an error");
  });

  test("stops waiting when it is cancelled", async () => {
    const signal = AbortSignal.timeout(5);
    const waiting = tryTimes({ times: 2, pauseMs: () => 60_000, signal }, async () => AGAIN);
    await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
  });
});

test("jittered returns a pause between half and one and a half times the original", () => {
  expect(jittered(doubling(100), () => 0)(1)).toBe(50);
  expect(jittered(doubling(100), () => 1)(2)).toBe(300);
});
