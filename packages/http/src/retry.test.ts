import { describe, expect, test } from "@jest/globals";
import { TransferError } from "./faults.ts";
import { type Patience, Retries, retrying, TransientError } from "./retry.ts";

const patience: Patience = { budgetMs: 200, firstPauseMs: 4, longestPauseMs: 30 };

describe("retrying", () => {
  test("tries again what can heal, and returns the first success", async () => {
    let calls = 0;
    const result = await retrying("the call", { ...patience, budgetMs: 20_000 }, undefined, async () => {
      calls += 1;
      if (calls < 3) throw new TransientError("busy");
      return "done";
    });
    expect([result, calls]).toEqual(["done", 3]);
  });

  test("does not try again what cannot heal", async () => {
    let calls = 0;
    const refused = retrying("the call", patience, undefined, async () => {
      calls += 1;
      throw new Error("no such thing");
    });
    await expect(refused).rejects.toThrow("no such thing");
    expect(calls).toBe(1);
  });

  test("gives up with every cause, counted, and the last one as its own (F19)", async () => {
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

  test("counts what may happen only so often from the last progress", async () => {
    const retries = new Retries("the call", patience);
    const strange = new TransientError("a page", { atMost: 1 });
    await retries.after(strange);
    retries.progress();
    await retries.after(strange);
    await expect(retries.after(strange)).rejects.toThrow(TransferError);
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
