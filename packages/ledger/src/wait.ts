import { setTimeout as sleep } from "node:timers/promises";
import { type LedgerStore, ledgerPrefix } from "./store.ts";

export interface WaitOptions {
  readonly timeoutMs: number;
  readonly intervalMs?: number;
  readonly signal?: AbortSignal;
}

const INTERVAL_MS = 5000;

/**
 * Waits until each of the channels has a page, from whichever attempt: their publishers may run beside the reader.
 *
 * @returns the channels that have none when the time is over
 */
export async function awaitChannels(
  store: LedgerStore,
  channels: readonly string[],
  { timeoutMs, intervalMs = INTERVAL_MS, signal }: WaitOptions,
): Promise<readonly string[]> {
  const end = performance.now() + timeoutMs;
  for (let missing = channels; ; await sleep(intervalMs, undefined, signal === undefined ? {} : { signal })) {
    const found = await Promise.all(missing.map(async (channel) => (await store.list(ledgerPrefix(channel))).length));
    missing = missing.filter((_, index) => found[index] === 0);
    if (missing.length === 0 || performance.now() + intervalMs > end) return missing;
  }
}
