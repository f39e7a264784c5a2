import {
  AccessError,
  type Clock,
  excerpt,
  type HttpResponse,
  RefusedError,
  retryAfter,
  TransientError,
} from "@release-actions/http";
import { decodeJson, object, optional, string } from "@release-actions/json";

/** A request that GitHub refused and would refuse again. */
export interface Refusal {
  /** The method and path. */
  readonly what: string;
  readonly status: number;
  /** The message in the answer, or which rate limit is used up. */
  readonly said: string;
  readonly isRateLimit: boolean;
}

export type Explain = (refusal: Refusal) => { readonly message: string; readonly advice: string | undefined };

const ADVICE: Readonly<Record<number, string>> = {
  401: "Check the token: it is wrong or has expired.",
  403: "Give the job the permission that the action's README lists.",
  404: "Check the name, and that the token has access: GitHub reports what a token cannot see as missing.",
};
const RATE_LIMIT_ADVICE = "Run the job again after that, or give it a separate token.";
/** The wait that GitHub's documentation prescribes if the answer gives no time. */
const SECONDARY_LIMIT_MS = 60_000;

export const explainPlainly: Explain = ({ what, status, said, isRateLimit }) => ({
  message: `GitHub answers ${status} to ${what}: ${said}`,
  advice: isRateLimit ? RATE_LIMIT_ADVICE : ADVICE[status],
});

export interface Limits {
  readonly clock: Clock;
  /** The longest rate limit to wait for, in milliseconds. */
  readonly longestLimitMs: number;
}

/** The error for a failed answer: a `TransientError` if a retry may help, otherwise an error with advice. */
export function refusal(
  what: string,
  response: HttpResponse,
  content: Buffer,
  explain: Explain,
  limits: Limits,
): TransientError | RefusedError {
  const { status, headers, url } = response;
  const said = apiMessage(content);
  const retryAfterMs = healing(response, said, limits);
  if (retryAfterMs !== "never") {
    return new TransientError(`${url.host}: GitHub answers ${status} to ${what}: ${said}`, { retryAfterMs });
  }
  const isRateLimit = (status === 403 || status === 429) && headers["x-ratelimit-remaining"] === "0";
  const limit = `the rate limit of the token (${headers["x-ratelimit-limit"] ?? "?"} requests an hour)`;
  const until = isRateLimit ? `${limit} is used up until ${resetOf(response).toISOString()}` : said;
  const { message, advice } = explain({ what, status, said: until, isRateLimit });
  const lacksPermission = (status === 401 || status === 403) && !isRateLimit;
  const details = { status, advice };
  return lacksPermission ? new AccessError(message, details) : new RefusedError(message, details);
}

/**
 * The wait before a retry in milliseconds; undefined for the default, "never" if a retry does not help. Rate limits
 * have status 403 or 429 (docs.github.com, "Rate limits for the REST API").
 */
function healing(
  response: HttpResponse,
  said: string,
  { clock, longestLimitMs }: Limits,
): number | undefined | "never" {
  const { status, headers } = response;
  const asked = retryAfter(headers, clock.now());
  if (status === 408 || status >= 500) return asked;
  if (status !== 403 && status !== 429) return "never";
  const isUsedUp = headers["x-ratelimit-remaining"] === "0";
  const isSecondary = /secondary rate limit|abuse/i.test(said) || (status === 429 && !isUsedUp);
  if (asked !== undefined || isSecondary) return asked ?? SECONDARY_LIMIT_MS;
  const untilReset = resetOf(response).getTime() - clock.now();
  // One more second in case the clocks differ.
  return isUsedUp && untilReset < longestLimitMs ? Math.max(0, untilReset) + 1000 : "never";
}

function resetOf({ headers }: HttpResponse): Date {
  return new Date((Number(headers["x-ratelimit-reset"]) || 0) * 1000);
}

function apiMessage(content: Buffer): string {
  try {
    const options = { source: "the error", maxBytes: content.length };
    return decodeJson(content, object({ message: optional(string, "") }), options).message;
  } catch {
    return excerpt(content.toString("utf8")); // This text is not from the API, so it is shown unchanged.
  }
}
