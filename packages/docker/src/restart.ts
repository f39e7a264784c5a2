import { AGAIN, tryTimes } from "@release-actions/concurrency";
import type { Reporter } from "@release-actions/report";
import { type Engine, ping } from "./engine.ts";
import { EngineConnectionLost } from "./fault.ts";

/** How long an engine may take to restart; a service manager does it within seconds. */
const COMEBACK_LIMIT_MS = 30_000;
const POLL_INTERVAL_MS = 500;

/**
 * Runs `work`, and once more if the connection breaks and the engine answers again, which means that it was restarted.
 * Errors that the engine reports are not retried.
 */
export async function retryOverRestart<T>(
  engine: Engine,
  { reporter, signal }: { reporter: Reporter; signal?: AbortSignal | undefined },
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof EngineConnectionLost)) throw error;
    if (!(await comesBack(engine, signal))) throw error;
    reporter.info(`${error.message}; the engine is back, trying once more`);
    return await work();
  }
}

async function comesBack(engine: Engine, signal: AbortSignal | undefined): Promise<boolean> {
  const deadline = Date.now() + COMEBACK_LIMIT_MS;
  const tries = { times: Number.POSITIVE_INFINITY, pauseMs: () => POLL_INTERVAL_MS, signal };
  return await tryTimes<boolean>(tries, async () => {
    signal?.throwIfAborted();
    const answers = await ping(engine.endpoint, signal).then(
      () => true,
      () => false,
    );
    return answers || Date.now() + POLL_INTERVAL_MS >= deadline ? answers : AGAIN;
  });
}
