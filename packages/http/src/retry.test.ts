import { describe, expect, test } from "@jest/globals";
import { silentReporter } from "@release-actions/report";
import { TransferError } from "./faults.ts";
import { type Clock, type Patience, Retries, retrying, TransientError } from "./retry.ts";

const patience: Patience = { budgetMs: 200, firstPauseMs: 4, longestPauseMs: 30 };

describe("retrying", () => {
  test("retries transient errors, and returns the first success", async () => {
    let calls = 0;
    const result = await retrying("the call", { ...patience, budgetMs: 20_000 }, undefined, async () => {
      calls += 1;
      if (calls < 3) throw new TransientError("busy");
      return "done";
    });
    expect([result, calls]).toEqual(["done", 3]);
  });

  test("does not retry permanent errors", async () => {
    let calls = 0;
    const refused = retrying("the call", patience, undefined, async () => {
      calls += 1;
      throw new Error("no such thing");
    });
    await expect(refused).rejects.toThrow("no such thing");
    expect(calls).toBe(1);
  });

  test("gives up with a count of every cause, and the last one as its `cause` (F19)", async () => {
    const causes = ["reset", "busy", "busy"];
    const failed = retrying("the call", { ...patience, budgetMs: 60 }, undefined, async () => {
      throw new TransientError(causes.shift() ?? "busy");
    });
    await expect(failed).rejects.toBeInstanceOf(TransferError);
    await expect(failed).rejects.toMatchObject({
      message: expect.stringMatching(/^the call failed after \d+ tries: reset; \d+ x busy\.$/),
      cause: { message: "busy" },
    });
  });

  test("waits as long as the server asks, within the budget (F20)", async () => {
    const retries = new Retries("the call", patience);
    const started = performance.now();
    await retries.after(new TransientError("slow down", { retryAfterMs: 80 }));
    expect(performance.now() - started).toBeGreaterThanOrEqual(79);
    await expect(retries.after(new TransientError("slow down", { retryAfterMs: 60_000 }))).rejects.toThrow(
      "2 x slow down. The server asked to wait 1 min 00 s.",
    );
  });

  test("restarts the count of limited errors on progress", async () => {
    const retries = new Retries("the call", patience);
    const strange = new TransientError("a page", { atMost: 1 });
    await retries.after(strange);
    retries.progress();
    await retries.after(strange);
    await expect(retries.after(strange)).rejects.toThrow(TransferError);
  });

  /** A clock that only advances by waiting. */
  function clockOf(pauses: number[]): Clock {
    let now = 0;
    const wait = async (ms: number): Promise<void> => {
      pauses.push(ms);
      now += ms;
    };
    return { now: () => now, wait };
  }

  test("doubles each pause up to the longest, and shortens it randomly by at most half", async () => {
    const shares: number[] = [];
    for (let round = 0; round < 100; round += 1) {
      const pauses: number[] = [];
      const retries = new Retries(
        "x",
        { budgetMs: 9999, firstPauseMs: 100, longestPauseMs: 350 },
        { clock: clockOf(pauses) },
      );
      for (let failure = 0; failure < 4; failure += 1) await retries.after(new TransientError("busy"));
      shares.push(...[100, 200, 350, 350].map((full, index) => (pauses[index] ?? 0) / full));
    }
    expect(Math.min(...shares)).toBeGreaterThanOrEqual(0.5);
    expect(Math.min(...shares)).toBeLessThan(0.6);
    expect(Math.max(...shares)).toBeLessThanOrEqual(1);
    expect(Math.max(...shares)).toBeGreaterThan(0.9);
  });

  test("resets the pauses and the budget on progress", async () => {
    const pauses: number[] = [];
    const retries = new Retries(
      "x",
      { budgetMs: 250, firstPauseMs: 100, longestPauseMs: 200 },
      { clock: clockOf(pauses) },
    );
    for (let piece = 0; piece < 5; piece += 1) {
      await retries.after(new TransientError("busy"));
      retries.progress();
    }
    expect(Math.max(...pauses)).toBeLessThanOrEqual(100);
    expect(pauses).toHaveLength(5);
  });

  test("waits as long as the server asks when that equals the budget, and reports the wait", async () => {
    const told: string[] = [];
    const reporter = { ...silentReporter, info: (text: string) => told.push(text) };
    const pauses: number[] = [];
    const retries = new Retries("x", { ...patience, budgetMs: 1500 }, { clock: clockOf(pauses), reporter });
    await retries.after(new TransientError("slow down", { retryAfterMs: 1500 }));
    expect(pauses).toEqual([1500]);
    expect(told).toEqual(["slow down; trying again in 2 s"]);
  });

  test("retries once without a pause if that is allowed, and then with a pause", async () => {
    const pauses: number[] = [];
    const retries = new Retries("x", { ...patience, budgetMs: 999 }, { clock: clockOf(pauses) });
    const stale = new TransientError("a connection that had ended", { promptly: true });
    await retries.after(stale);
    expect(pauses).toHaveLength(0);
    await retries.after(stale);
    expect(pauses).toHaveLength(1);
    await new Retries("x", patience, { clock: clockOf(pauses) }).after(new TransientError("busy"));
    expect(pauses).toHaveLength(2);
  });

  test("reports a single try", async () => {
    const once = new Retries("the call", { ...patience, budgetMs: 0 });
    await expect(once.after(new TransientError("busy."))).rejects.toThrow(/^the call failed after one try: busy\.$/);
  });

  test("throws the reason of a cancellation rather than the error that it caused", async () => {
    const reason = new Error("cancelled");
    const after = new Retries("x", patience).after(new Error("socket hang up"), AbortSignal.abort(reason));
    await expect(after).rejects.toBe(reason);
  });

  test("stops waiting when it is cancelled", async () => {
    const cancel = new AbortController();
    const waiting = new Retries("the call", { ...patience, budgetMs: 60_000 }).after(
      new TransientError("busy", { retryAfterMs: 30_000 }),
      cancel.signal,
    );
    cancel.abort(new Error("cancelled"));
    await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
  });
});
