import { setTimeout as sleep } from "node:timers/promises";
import { Fault, formatDuration } from "@release-actions/report";

/** A service or the storage could not be used, after all that patience allows. */
export class TransferError extends Fault {
  override readonly name: string = "TransferError";
}

/** How long to go on trying. Times are in milliseconds. */
export interface Patience {
  /** From the last progress to giving up, over all tries of one piece of work. */
  readonly budgetMs: number;
  /** The first pause; each further one is twice as long, up to the longest. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
}

export const DEFAULT_PATIENCE: Patience = { budgetMs: 180_000, firstPauseMs: 500, longestPauseMs: 20_000 };

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
  #lastProgress = performance.now();
  #failures = 0;

  /** `what` names the work for the message: "downloading restate.tar from host". */
  constructor(what: string, patience: Patience) {
    this.#what = what;
    this.#patience = patience;
  }

  /** Something was gained: the budget starts again. */
  progress(): void {
    this.#lastProgress = performance.now();
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
    const left = this.#lastProgress + budgetMs - performance.now();
    if (pause > left || this.#failures > atMost) throw this.#giveUp(error);
    await sleep(pause, undefined, signal === undefined ? {} : { signal });
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
): Promise<T> {
  const retries = new Retries(what, patience);
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
