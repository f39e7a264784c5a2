import { setTimeout as sleep } from "node:timers/promises";

/** How often something is tried, and how long to wait in between. */
export interface Tries {
  readonly times: number;
  /** Milliseconds to wait after this number of failed tries. */
  readonly pauseMs: (failed: number) => number;
  readonly signal?: AbortSignal | undefined;
  /** Waits. Default is the system's clock. */
  readonly wait?: ((ms: number, signal: AbortSignal | undefined) => Promise<unknown>) | undefined;
}

/** What `attempt` returns to ask for another try. */
export const AGAIN: unique symbol = Symbol("again");

/**
 * Doubles the pause after each failed try.
 *
 * @param firstMs the pause after the first failed try, in milliseconds
 */
export function doubling(firstMs: number): (failed: number) => number {
  return (failed) => firstMs * 2 ** (failed - 1);
}

/** Varies a pause randomly between 50 % and 150 %, so that the jobs of a matrix do not all retry at the same moment. */
export function jittered(pauseMs: (failed: number) => number, random = Math.random): (failed: number) => number {
  return (failed) => pauseMs(failed) * (0.5 + random());
}

/**
 * Runs `attempt` until it returns a value other than `AGAIN`, at most `times` times. `attempt` learns whether this is
 * the last try, which must return a value or throw, and how many tries failed before. Its errors are thrown at once.
 * For HTTP requests see `retrying` of packages/http, which has a time limit instead of a number of tries.
 */
export async function tryTimes<T>(
  { times, pauseMs, signal, wait = (ms) => sleep(ms, undefined, { signal }) }: Tries,
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
