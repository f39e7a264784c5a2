const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * How long to wait before asking again, in milliseconds; `undefined` for what does not heal
 * (docs.github.com, "Best practices for using the REST API": rate limits).
 */
export function retryAfter(
  { status, headers }: { readonly status: number; readonly headers: Headers },
  tries: number,
  now: number,
): number | undefined {
  const asked = Number(headers.get("retry-after") ?? Number.NaN);
  const exhausted = headers.get("x-ratelimit-remaining") === "0";
  const isThrottle = status === 429 || (status === 403 && (Number.isFinite(asked) || exhausted));
  if (!isThrottle && status !== 0 && status < 500) return undefined;
  if (Number.isFinite(asked)) return asked * 1000;
  if (exhausted) return Math.max(0, Number(headers.get("x-ratelimit-reset") ?? 0) * 1000 - now) + FIRST_PAUSE_MS;
  // Jitter, so that the jobs of a matrix do not come back together.
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (tries - 1)) * (0.5 + Math.random());
}
