import { setTimeout as sleep } from "node:timers/promises";
import { type LedgerStore, lastEndedWell, loadPages, type NamedPage } from "./store.ts";

export interface WaitOptions {
  /** `GITHUB_RUN_ATTEMPT` of the reader. */
  readonly attempt: number;
  readonly timeoutMs: number;
  readonly intervalMs?: number;
  readonly signal?: AbortSignal;
}

const INTERVAL_MS = 5000;

/**
 * Waits until each of the channels has ended in this attempt: their publishers may run beside the reader. What ended well
 * in an earlier attempt counts too, unless it begins again: "re-run failed jobs" leaves those out.
 *
 * @returns the channels that have not ended when the time is over
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
    // All of them each time: what ended before may have begun again while another was waited for.
    const missing = channels.filter(
      (channel) =>
        !hasEnded(
          pages.filter((page) => page.channel === channel),
          attempt,
        ),
    );
    if (missing.length === 0 || performance.now() + intervalMs > end) return missing;
  }
}

function hasEnded(pages: readonly NamedPage[], attempt: number): boolean {
  const own = pages.filter((page) => page.attempt === attempt);
  return own.length > 0 ? own.every(({ isBegun }) => !isBegun) : lastEndedWell(pages);
}
