import { setTimeout as sleep } from "node:timers/promises";
import { Fault, formatDuration, type Reporter } from "@release-actions/report";
import { type Check, type CheckSource, selectCheck } from "./checks.ts";
import { ExpiredArtifactError, MissingArtifactError } from "./faults.ts";

/** The time between two lookups. Each sends at most three requests, most of which ETags exempt from the rate limit. */
const POLL_INTERVAL_MS = 10_000;
const FAILED = new Set(["failure", "cancelled", "timed_out", "skipped", "stale", "action_required", "startup_failure"]);

export interface WaitOptions {
  /** The name of the awaited thing in messages. Default "the artifact". */
  readonly what?: string;
  /** 0 means to look once. */
  readonly timeoutMs: number;
  /** The check that produces the artifact. When it fails, waiting ends. */
  readonly check?: { readonly name: string; readonly source: CheckSource } | undefined;
  readonly reporter: Reporter;
  readonly signal?: AbortSignal;
  readonly pollIntervalMs?: number;
}

/**
 * Looks for an artifact, or something else, until `look` no longer throws `MissingArtifactError`.
 *
 * @throws Fault as soon as the check has failed; after the timeout, the error of the last lookup
 */
export async function waitForArtifact<T>(look: (signal?: AbortSignal) => Promise<T>, options: WaitOptions): Promise<T> {
  const { what = "the artifact", timeoutMs, check, reporter, signal, pollIntervalMs = POLL_INTERVAL_MS } = options;
  const started = performance.now();
  let last = "";
  for (;;) {
    // Read the check before looking: then an artifact that is created in between is found, and if the check has
    // already succeeded, the artifact must exist.
    const state = check === undefined ? undefined : selectCheck(await check.source(signal), check.name);
    let miss: MissingArtifactError;
    try {
      return await look(signal);
    } catch (error) {
      // An expired artifact never comes back, so do not wait.
      if (!(error instanceof MissingArtifactError) || error instanceof ExpiredArtifactError) throw error;
      miss = error;
    }
    if (state !== undefined) refuseFailed(what, state, miss);
    const waited = performance.now() - started;
    if (waited + pollIntervalMs > timeoutMs)
      throw timeoutMs === 0 ? miss : tooLong(miss, timeoutMs, check?.name, state);
    const news = describe(check?.name, state);
    if (news !== last) reporter.info(`waiting for ${what}${news}`);
    last = news;
    await sleep(pollIntervalMs, undefined, { signal });
  }
}

function refuseFailed(what: string, check: Check, miss: MissingArtifactError): void {
  if (check.status !== "completed") return;
  const conclusion = check.conclusion ?? "no conclusion";
  const advice = check.html_url === undefined ? undefined : `See ${check.html_url}`;
  if (FAILED.has(conclusion)) {
    const message = `${what} will not be produced: its check "${check.name}" ended with ${conclusion}`;
    throw new Fault(message, { advice });
  }
  const message = `the check "${check.name}" has ended with ${conclusion}, but ${miss.message}`;
  throw new MissingArtifactError(message, { advice });
}

function tooLong(
  miss: MissingArtifactError,
  timeoutMs: number,
  name: string | undefined,
  state: Check | undefined,
): MissingArtifactError {
  const message = `${miss.message}, after waiting for ${formatDuration(timeoutMs)}${describe(name, state)}`;
  return new MissingArtifactError(message, {
    cause: miss,
    advice: "Raise `wait-timeout`, or find out what delays the producer.",
  });
}

function describe(name: string | undefined, check: Check | undefined): string {
  if (name === undefined) return "";
  return check === undefined ? ` (there is no check "${name}" yet)` : ` ("${check.name}" is ${check.status})`;
}
