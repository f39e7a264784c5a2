import { setTimeout as sleep } from "node:timers/promises";
import { formatDuration, type Reporter } from "@release-actions/report";
import { TransferError } from "./faults.ts";

/** How long to go on trying. Times are in milliseconds. */
export interface Patience {
  /** From the last progress to giving up, over all tries of one piece of work. */
  readonly budgetMs: number;
  /** The first pause; each further one is twice as long, up to the longest. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
}

export const DEFAULT_PATIENCE: Patience = { budgetMs: 180_000, firstPauseMs: 500, longestPauseMs: 20_000 };

/** Time in milliseconds since 1970, and waiting. */
export interface Clock {
  readonly now: () => number;
  readonly wait: (ms: number, signal: AbortSignal | undefined) => Promise<unknown>;
}

/** Monotonic: a clock that is set while we wait neither ends nor prolongs it. */
export const SYSTEM_CLOCK: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  wait: (ms, signal) => sleep(ms, undefined, { signal }),
};

export interface RetryOptions {
  readonly clock?: Clock | undefined;
  /** Told of every pause. */
  readonly reporter?: Reporter;
}

export interface Healing {
  /** How long the server asked us to wait. */
  readonly retryAfterMs?: number | undefined;
  /** Give up when it happens more often than this without progress, whatever budget is left. */
  readonly atMost?: number;
  /** The first time, try again without a pause. */
  readonly promptly?: boolean;
}

/** A failure that may heal by itself. */
export class TransientError extends Error {
  override readonly name = "TransientError";
  readonly healing: Healing;

  constructor(message: string, options: ErrorOptions & Healing = {}) {
    super(message, options);
    this.healing = options;
  }
}

/** Counts the failed tries of one piece of work, and paces them. */
export class Retries {
  readonly #what: string;
  readonly #patience: Patience;
  readonly #causes: string[] = [];
  readonly #clock: Clock;
  readonly #reporter: Reporter | undefined;
  #lastProgress: number;
  #failures = 0;

  /** `what` names the work for the message: "downloading restate.tar from host". */
  constructor(what: string, patience: Patience, { clock = SYSTEM_CLOCK, reporter }: RetryOptions = {}) {
    this.#what = what;
    this.#patience = patience;
    this.#clock = clock;
    this.#reporter = reporter;
    this.#lastProgress = clock.now();
  }

  /** Something was gained: the budget starts again. */
  progress(): void {
    this.#lastProgress = this.#clock.now();
    this.#failures = 0;
  }

  /**
   * Waits before the next try, with jitter and never less than the server asked for.
   *
   * @throws the error itself when it cannot heal, TransferError with the cause of every try when the budget is used up
   */
  async after(error: unknown, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (!(error instanceof TransientError)) throw error;
    this.#causes.push(error.message);
    this.#failures += 1;
    const { retryAfterMs = 0, atMost = Number.POSITIVE_INFINITY, promptly = false } = error.healing;
    if (promptly && this.#failures === 1) return;
    const { budgetMs, firstPauseMs, longestPauseMs } = this.#patience;
    const backoff = Math.min(longestPauseMs, firstPauseMs * 2 ** (this.#failures - 1));
    const pause = Math.max(retryAfterMs, backoff * (0.5 + Math.random() / 2));
    const left = this.#lastProgress + budgetMs - this.#clock.now();
    if (pause > left || this.#failures > atMost) throw this.#giveUp(error);
    this.#reporter?.info(`${error.message}; trying again in ${Math.ceil(pause / 1000)} s`);
    await this.#clock.wait(pause, signal);
  }

  #giveUp(cause: TransientError): TransferError {
    const tries = this.#causes.length === 1 ? "one try" : `${this.#causes.length} tries`;
    const { retryAfterMs } = cause.healing;
    const wait = retryAfterMs === undefined ? "" : ` The server asked to wait ${formatDuration(retryAfterMs)}.`;
    const message = `${this.#what} failed after ${tries}: ${summarize(this.#causes)}.${wait}`;
    return new TransferError(message, {
      cause,
      advice: "Run the job again, and look at the status page of the service if it persists.",
    });
  }
}

/** Runs a call until it succeeds, fails for good, or the budget is used up. */
export async function retrying<T>(
  what: string,
  patience: Patience,
  signal: AbortSignal | undefined,
  call: () => Promise<T>,
  options?: RetryOptions,
): Promise<T> {
  const retries = new Retries(what, patience, options);
  for (;;) {
    try {
      return await call();
    } catch (error) {
      await retries.after(error, signal);
    }
  }
}

/** Every distinct cause once, with its count, in the order of its first appearance (F19). */
function summarize(causes: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const cause of causes) counts.set(cause, (counts.get(cause) ?? 0) + 1);
  return [...counts].map(([cause, count]) => (count === 1 ? cause : `${count} x ${cause}`)).join("; ");
}
