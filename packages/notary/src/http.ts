import { setTimeout as sleep } from "node:timers/promises";
import { isNativeError } from "node:util/types";
import { AGAIN, doubling, jittered, tryTimes } from "@release-actions/concurrency";
import { type Agents, createAgents, createFetch, type Fetch, type FetchInit, retryAfter } from "@release-actions/http";
import type { Reporter } from "@release-actions/report";
import { NotaryError } from "./error.ts";

/** Everything outside this package that it uses; tests pass their own. */
export interface World {
  readonly fetch: Fetch;
  /** Agents for Amazon's client, which does not detect a proxy itself. */
  readonly agents: Agents;
  /** Waits; an aborted signal ends the wait early. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly reporter: Reporter;
  /** Hides a secret in all later output. */
  readonly mask: (secret: string) => void;
  readonly signal?: AbortSignal;
}

/** A reporter that may be able to mask secrets. */
type MaskingReporter = Reporter & { readonly mask?: (secret: string) => void };

/** The real implementation. `env` names the proxy, if any. */
export function realWorld(reporter: MaskingReporter, env: NodeJS.ProcessEnv, signal?: AbortSignal): World {
  return {
    fetch: createFetch(env),
    agents: createAgents(env),
    sleep: async (ms, stop) => await sleep(ms, undefined, stop === undefined ? {} : { signal: stop }),
    reporter,
    mask: (secret) => reporter.mask?.(secret),
    ...(signal === undefined ? {} : { signal }),
  };
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

const ATTEMPTS = 6;
const ATTEMPT_TIMEOUT_MS = 60_000;
const FIRST_DELAY_MS = 1000;
const MAX_DELAY_MS = 60_000;
/** The size limit for an answer. A log for a bundle with thousands of files has a few MiB. */
const MAX_ANSWER_BYTES = 64 << 20;

/** Statuses for throttling and server errors, after which the same request may succeed later. */
const HEALS: readonly number[] = [408, 429, 500, 502, 503, 504];

/**
 * Sends a request and repeats it after temporary errors, with growing pauses or as long as `Retry-After` says. Messages
 * contain the URL without its query, which may have a signature.
 *
 * @throws NotaryError after the last try
 */
export async function request(world: World, url: URL, init: () => FetchInit): Promise<HttpAnswer> {
  const what = `${init().method ?? "GET"} ${url.origin}${url.pathname}`;
  const failures: string[] = [];
  let askedMs: number | undefined;
  const backoff = jittered(doubling(FIRST_DELAY_MS));
  const pauseMs = (failed: number): number => Math.min(askedMs ?? backoff(failed), MAX_DELAY_MS);
  const tries = { times: ATTEMPTS, pauseMs, wait: world.sleep, signal: world.signal };
  return await tryTimes<HttpAnswer>(tries, async (isLast) => {
    world.signal?.throwIfAborted();
    const answer = await attemptOnce(world, url, init());
    if (!isNativeError(answer) && !HEALS.includes(answer.status)) return answer;
    const reason = isNativeError(answer) ? reasonOf(answer) : `HTTP ${answer.status}`;
    failures.push(reason);
    if (isLast) {
      const all = [...new Set(failures)].join(", ");
      const cause = isNativeError(answer) ? { cause: answer } : {};
      throw new NotaryError(`${what} failed ${ATTEMPTS} times: ${all}`, cause);
    }
    const asked = isNativeError(answer) ? null : answer.headers.get("retry-after");
    askedMs = asked === null ? undefined : retryAfter({ "retry-after": asked });
    world.reporter.debug(`${what}: ${reason}; trying again`);
    return AGAIN;
  });
}

async function attemptOnce(world: World, url: URL, init: FetchInit): Promise<HttpAnswer | Error> {
  const timeout = AbortSignal.timeout(ATTEMPT_TIMEOUT_MS);
  const signal = world.signal === undefined ? timeout : AbortSignal.any([timeout, world.signal]);
  try {
    // Redirects are not followed, because the token may be sent only to this origin.
    const response = await world.fetch(url, { ...init, signal, redirect: "manual" });
    return { status: response.status, headers: response.headers, text: await boundedText(response) };
  } catch (error) {
    world.signal?.throwIfAborted();
    if (error instanceof NotaryError) throw error;
    return isNativeError(error) ? error : new Error(String(error));
  }
}

async function boundedText(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.length;
    if (size > MAX_ANSWER_BYTES) throw new NotaryError(`an answer has more than ${MAX_ANSWER_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

/** The reason of an error, which `fetch` puts into the cause. */
function reasonOf(error: Error): string {
  const { cause } = error;
  if (error.name === "TimeoutError") return `no answer within ${ATTEMPT_TIMEOUT_MS / 1000} s`;
  return isNativeError(cause) ? cause.message || cause.name : error.message;
}
