import { AGAIN, tryTimes } from "@release-actions/concurrency";
import type { Fetch, FetchInit } from "@release-actions/http";
import type { Finding } from "../finding.ts";
import { problem, type Subject } from "../kinds/kind.ts";
import type { NpmServices } from "../npm-publishing.ts";

/** The services that check secrets, and how to call them. */
export interface Services {
  readonly fetch: Fetch;
  readonly githubApi: string;
  /** The URL under which git reaches GitHub's repositories. */
  readonly githubServer: string;
  readonly now: Date;
  readonly dockerAuth: string;
  /** The parameters for checks by packages/npm. */
  readonly npm: NpmServices;
  /** The pause between attempts of a request that may still succeed. */
  readonly retryDelayMs: number;
  /** Fires when the job is cancelled. */
  readonly signal: AbortSignal;
  /** Masks a value in the log: a token that a service returns is a secret too. */
  readonly mask: (secret: string) => void;
}

export type OnlineCheck = (subject: Subject, services: Services) => Promise<readonly Finding[]>;

const TRIES = 3;
const TIMEOUT_MS = 15_000;

/** A service could not be reached, so the secret may still be valid. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

/**
 * Sends a request to a service, and repeats it when that can help. Redirects are not followed, so that the secret
 * is sent only to the host that it belongs to.
 *
 * @throws NoAnswer when the service cannot be reached, or fails to answer
 */
export async function ask(services: Services, url: string, init: FetchInit): Promise<Response> {
  const { signal: cancelled, retryDelayMs } = services;
  const tries = { times: TRIES, pauseMs: (failed: number) => retryDelayMs * failed, signal: cancelled };
  return await tryTimes<Response>(tries, async (isLast) => {
    cancelled.throwIfAborted();
    let reason: string;
    let isFinal = isLast;
    try {
      const signal = AbortSignal.any([cancelled, AbortSignal.timeout(TIMEOUT_MS)]);
      const response = await services.fetch(url, { ...init, redirect: "manual", signal });
      if (response.status < 500 && response.status !== 429 && response.status >= 100 && !isRedirect(response))
        return response;
      reason = `status ${response.status}`;
      await response.body?.cancel();
      isFinal ||= isRedirect(response);
    } catch (error) {
      cancelled.throwIfAborted();
      reason = error instanceof Error ? describe(error) : String(error);
    }
    if (isFinal) throw new NoAnswer(`${new URL(url).host} did not answer: ${reason}`);
    return AGAIN;
  });
}

/** What it means that a service refuses a secret; empty when it does not. The message names the service. */
export function refusal(
  subject: Subject,
  { ok, status }: Response,
  service: string,
  rejected: string,
  rejectedWith: readonly number[] = [401],
): readonly Finding[] {
  if (ok) return [];
  if (rejectedWith.includes(status)) return problem(subject, "rejected", rejected);
  return problem(subject, "unverified", `${service} answered ${status} to it`);
}

function isRedirect({ status }: Response): boolean {
  return status >= 300 && status < 400;
}

function describe(error: Error): string {
  return error.cause instanceof Error ? error.cause.message : error.message;
}
