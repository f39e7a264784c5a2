import { setTimeout as sleep } from "node:timers/promises";
import { formatDuration, type Reporter } from "@release-actions/report";
import { TransferError } from "./faults.ts";

/** How long to retry. Times are in milliseconds. */
export interface Patience {
  /** The time from the last progress until the work fails, over all its tries. */
  readonly budgetMs: number;
  /** The first pause; each further pause is twice as long, up to `longestPauseMs`. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
}

export const DEFAULT_PATIENCE: Patience = { budgetMs: 180_000, firstPauseMs: 500, longestPauseMs: 20_000 };

/** A source of the time, in milliseconds since 1970, and of waits. */
export interface Clock {
  readonly now: () => number;
  readonly wait: (ms: number, signal: AbortSignal | undefined) => Promise<unknown>;
}

/** A monotonic clock: setting the system time does not change a wait. */
export const SYSTEM_CLOCK: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  wait: (ms, signal) => sleep(ms, undefined, { signal }),
};

export interface RetryOptions {
  readonly clock?: Clock | undefined;
  /** Gets a message about every pause. */
  readonly reporter?: Reporter;
}

export interface Healing {
  /** How long the server asked to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** Fail after this number of failures without progress, even if time is left. */
  readonly atMost?: number;
  /** After the first failure, retry without a pause. */
  readonly promptly?: boolean;
}

/** A temporary failure, which a retry may solve. */
export class TransientError extends Error {
  override readonly name = "TransientError";
  readonly healing: Healing;

  constructor(message: string, options: ErrorOptions & Healing = {}) {
    super(message, options);
    this.healing = options;
  }
}

/** Counts the failed tries of one piece of work and waits between them. */
export class Retries {
  readonly #what: string;
  readonly #patience: Patience;
  readonly #causes: string[] = [];
  readonly #clock: Clock;
  readonly #reporter: Reporter | undefined;
  #lastProgress: number;
  #failures = 0;

  /** @param what the work, for the message: "downloading restate.tar from host" */
  constructor(what: string, patience: Patience, { clock = SYSTEM_CLOCK, reporter }: RetryOptions = {}) {
    this.#what = what;
    this.#patience = patience;
    this.#clock = clock;
    this.#reporter = reporter;
    this.#lastProgress = clock.now();
  }

  /** Records progress, which restarts the time budget. */
  progress(): void {
    this.#lastProgress = this.#clock.now();
    this.#failures = 0;
  }

  /**
   * Waits before the next try, with jitter and never less than the server asked for.
   *
   * @throws the error itself if it is not a TransientError; TransferError with the causes of all tries when the budget
   * is used up
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
    const message = `${this.#what} failed after ${tries}: ${summarize(this.#causes).replace(/\.$/, "")}.${wait}`;
    return new TransferError(message, {
      cause,
      advice: "Run the job again, and look at the status page of the service if it persists.",
    });
  }
}

/** Runs a call until it succeeds, fails permanently, or the time budget is used up. */
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

/** Lists each distinct cause once with its count, in order of first appearance. */
function summarize(causes: readonly string[]): string {
  const same = Map.groupBy(causes, (cause) => cause);
  return [...same].map(([cause, { length }]) => (length === 1 ? cause : `${length} x ${cause}`)).join("; ");
}
