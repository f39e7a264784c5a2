import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import { allOrStop } from "./all-or-stop.ts";

const { signal } = new AbortController();

describe("allOrStop", () => {
  test("runs two tasks at the same time", async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const answer = async (): Promise<number> => {
      resolve("asked");
      return 42;
    };
    expect(await allOrStop(signal, () => promise, answer)).toEqual(["asked", 42]);
  });

  test("stops one task when the other fails, and rejects with its error", async () => {
    let stopped = false;
    const long = (stop: AbortSignal): Promise<void> =>
      sleep(60_000, undefined, { signal: stop }).finally(() => {
        stopped = true;
      });
    const failing = allOrStop(signal, long, async () => {
      throw new Error("no engine");
    });
    await expect(failing).rejects.toThrow("no engine");
    expect(stopped).toBe(true);
  });

  test("stops when its signal is aborted", async () => {
    const cancel = new AbortController();
    const doing = allOrStop(
      cancel.signal,
      (stop) => sleep(60_000, 1, { signal: stop }),
      async () => 2,
    );
    cancel.abort();
    await expect(doing).rejects.toThrow(/abort/i);
  });
});
