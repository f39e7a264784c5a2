import { AGAIN, tryTimes } from "@release-actions/concurrency";
import type { Fetch, FetchInit } from "@release-actions/http";
import type { Finding, ProblemKind } from "../finding.ts";
import type { Subject } from "../kinds/kind.ts";
import type { NpmServices } from "../npm-publishing.ts";

/** Where secrets are tried. */
export interface Services {
  readonly fetch: Fetch;
  readonly githubApi: string;
  /** Where git reaches GitHub's repositories. */
  readonly githubServer: string;
  readonly now: Date;
  readonly npmRegistry: string;
  readonly dockerAuth: string;
  /** For what packages/npm asks. */
  readonly npm: NpmServices;
  /** Between the tries of a request that may still succeed. */
  readonly retryDelayMs: number;
  /** Fires when the job is cancelled. */
  readonly signal: AbortSignal;
  /** Keeps a value out of the log: what a service hands out in exchange is a secret too. */
  readonly mask: (secret: string) => void;
}

export type OnlineCheck = (subject: Subject, services: Services) => Promise<Finding[]>;

const TRIES = 3;
const TIMEOUT_MS = 15_000;

/** A service that could not be asked. Its answer might have been yes. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

/**
 * Asks a service, and again where that can help. A redirect is not followed: the secret goes to the host
 * it belongs to, and nowhere else (F16).
 *
 * @throws NoAnswer when the service cannot be reached, or has none to give
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

export function onlineProblem({ expectation }: Subject, kind: ProblemKind, message: string): Finding {
  return { name: expectation.name, problem: kind, level: "error", message };
}

function isRedirect({ status }: Response): boolean {
  return status >= 300 && status < 400;
}

function describe(error: Error): string {
  return error.cause instanceof Error ? error.cause.message : error.message;
}
