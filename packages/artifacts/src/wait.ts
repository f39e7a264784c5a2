import { setTimeout as sleep } from "node:timers/promises";
import { formatDuration, type Reporter } from "@release-actions/report";
import { type Check, type CheckSource, selectCheck } from "./checks.ts";
import { ExpiredArtifactError, MissingArtifactError, ProducerFailedError } from "./faults.ts";

/** Between two looks; each costs at most three requests, most of them free of charge thanks to ETags. */
const POLL_INTERVAL_MS = 10_000;
const FAILED = new Set(["failure", "cancelled", "timed_out", "skipped", "stale", "action_required", "startup_failure"]);

export interface WaitOptions {
  /** What is waited for, in messages: "the artifact" unless said otherwise. */
  readonly what?: string;
  /** 0 looks once. */
  readonly timeoutMs: number;
  /** The check that makes the artifact: when it fails, waiting cannot help. */
  readonly check?: { readonly name: string; readonly source: CheckSource } | undefined;
  readonly reporter: Reporter;
  readonly signal?: AbortSignal;
  readonly pollIntervalMs?: number;
}

/**
 * Looks for an artifact, or what takes its place, until `look` no longer throws `MissingArtifactError`.
 *
 * @throws ProducerFailedError as soon as the check has failed; after the time, what the last look threw
 */
export async function waitForArtifact<T>(look: (signal?: AbortSignal) => Promise<T>, options: WaitOptions): Promise<T> {
  const { what = "the artifact", timeoutMs, check, reporter, signal, pollIntervalMs = POLL_INTERVAL_MS } = options;
  const started = performance.now();
  let last = "";
  for (;;) {
    // Asked before looking: an artifact made between the two is found, and a check that succeeded has made it.
    const state = check === undefined ? undefined : selectCheck(await check.source(signal), check.name);
    let miss: MissingArtifactError;
    try {
      return await look(signal);
    } catch (error) {
      // Expired is final: no waiting brings it back.
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
    await sleep(pollIntervalMs, undefined, signal === undefined ? {} : { signal });
  }
}

function refuseFailed(what: string, check: Check, miss: MissingArtifactError): void {
  if (check.status !== "completed") return;
  const conclusion = check.conclusion ?? "no conclusion";
  const advice = check.html_url === undefined ? {} : { advice: `See ${check.html_url}` };
  if (FAILED.has(conclusion)) {
    const message = `${what} will not be produced: its check "${check.name}" ended with ${conclusion}`;
    throw new ProducerFailedError(message, advice);
  }
  throw new MissingArtifactError(`the check "${check.name}" has ended with ${conclusion}, but ${miss.message}`, advice);
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
