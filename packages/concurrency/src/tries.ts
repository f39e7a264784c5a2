import { setTimeout as sleep } from "node:timers/promises";

/** How often something is tried, and how long to wait in between. */
export interface Tries {
  readonly times: number;
  /** Milliseconds to wait after so many failed tries. */
  readonly pauseMs: (failed: number) => number;
  readonly signal?: AbortSignal | undefined;
  /** Waits. Default is the system's clock. */
  readonly wait?: ((ms: number, signal: AbortSignal | undefined) => Promise<unknown>) | undefined;
}

/** What a try gives when it is worth another one. */
export const AGAIN: unique symbol = Symbol("again");

/** Twice as long each time. @param firstMs after the first failed try */
export function doubling(firstMs: number): (failed: number) => number {
  return (failed) => firstMs * 2 ** (failed - 1);
}

/** Between half and one and a half of it, so that the jobs of a matrix do not come back together. */
export function jittered(pauseMs: (failed: number) => number, random = Math.random): (failed: number) => number {
  return (failed) => pauseMs(failed) * (0.5 + random());
}

/**
 * Runs `attempt` until it gives a value, at most `times` times. It is told whether this is the last try, which must give a value
 * or throw, and how many failed before.
 * What it throws is thrown at once. For HTTP requests see `retrying` of packages/http, which goes by time instead.
 */
export async function tryTimes<T>(
  { times, pauseMs, signal, wait = pause }: Tries,
  attempt: (isLast: boolean, failed: number) => Promise<T | typeof AGAIN>,
): Promise<T> {
  for (let failed = 0; ; failed += 1) {
    const isLast = failed + 1 >= times;
    const value = await attempt(isLast, failed);
    if (value !== AGAIN) return value;
    if (isLast) throw new Error("the last try gave neither a value nor an error");
    await wait(pauseMs(failed + 1), signal);
  }
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(ms, undefined, signal === undefined ? {} : { signal });
}
