import { setTimeout as sleep } from "node:timers/promises";
import { type LedgerStore, lastEndedWell, loadPages, type NamedPage } from "./store.ts";

export interface WaitOptions {
  /** The value of `GITHUB_RUN_ATTEMPT` in the job that waits. */
  readonly attempt: number;
  readonly timeoutMs: number;
  readonly intervalMs?: number;
  readonly signal?: AbortSignal;
}

const INTERVAL_MS = 5000;

/**
 * Waits until the publishers of all channels, which may run in parallel, have ended in this attempt. A channel that
 * ended successfully in an earlier attempt counts too, unless it begins again, because "re-run failed jobs" does not
 * run it again.
 *
 * @returns the channels that have not ended before the timeout
 */
export async function awaitChannels(
  store: LedgerStore,
  channels: readonly string[],
  { attempt, timeoutMs, intervalMs = INTERVAL_MS, signal }: WaitOptions,
): Promise<readonly string[]> {
  const end = performance.now() + timeoutMs;
  if (channels.length === 0) return [];
  for (; ; await sleep(intervalMs, undefined, signal === undefined ? {} : { signal })) {
    const pages = await loadPages(store);
    // All channels are checked each time, since one that had ended may have begun again meanwhile.
    const pagesOf = (channel: string): readonly NamedPage[] => pages.filter((page) => page.channel === channel);
    const missing = channels.filter((channel) => !hasEnded(pagesOf(channel), attempt));
    if (missing.length === 0 || performance.now() + intervalMs > end) return missing;
  }
}

function hasEnded(pages: readonly NamedPage[], attempt: number): boolean {
  const own = pages.filter((page) => page.attempt === attempt);
  return own.length > 0 ? own.every(({ isBegun }) => !isBegun) : lastEndedWell(pages);
}
