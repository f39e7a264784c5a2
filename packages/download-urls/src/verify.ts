import type { Fetch } from "@release-actions/http";
import { countOf } from "@release-actions/report";

/** A real download needs two redirects: from the gateway to GitHub, and from there to GitHub's storage. */
const MAX_HOPS = 5;
const TIMEOUT_MS = 30_000;

export type Verdict = { readonly ok: true; readonly size: number } | { readonly ok: false; readonly reason: string };

export interface VerifyOptions {
  readonly fetch: Fetch;
  readonly signal?: AbortSignal;
}

/**
 * Checks with HEAD requests whether a gateway's URL leads to the original file: its redirects must include the original
 * URL and end at a file of the same size.
 */
export async function verifyRedirect(url: string, original: string, options: VerifyOptions): Promise<Verdict> {
  try {
    const viaGateway = await follow(url, options);
    if (viaGateway.hops.length === 1)
      return refused(`${url} answers ${viaGateway.status} itself, expected a redirect to ${original}`);
    if (!viaGateway.hops.some((hop) => sameAddress(hop, original))) {
      return refused(`${url} leads to ${viaGateway.hops.at(-1)}, expected ${original}`);
    }
    const direct = await follow(original, options);
    for (const { hops, status } of [direct, viaGateway]) {
      if (status !== 200) return refused(`${hops[0]} leads to status ${status} at ${hops.at(-1)}`);
    }
    if (direct.size === undefined || direct.size !== viaGateway.size) {
      return refused(`${url} serves ${sizeOf(viaGateway)}, expected ${sizeOf(direct)} as ${original} does`);
    }
    return { ok: true, size: direct.size };
  } catch (error) {
    if (options.signal?.aborted === true) throw error;
    return refused(`${url} cannot be verified: ${reasonOf(error)}`);
  }
}

function sizeOf({ size }: Trail): string {
  return size === undefined ? "an unknown number of bytes" : countOf(size, "byte");
}

interface Trail {
  /** Every URL that was requested, without its query, which may contain a storage signature. */
  readonly hops: readonly string[];
  readonly status: number;
  readonly size: number | undefined;
}

async function follow(start: string, options: VerifyOptions): Promise<Trail> {
  const hops: string[] = [];
  let next = start;
  for (;;) {
    hops.push(next.replace(/[?#].*$/s, ""));
    const deadline = AbortSignal.timeout(TIMEOUT_MS);
    const response = await options.fetch(next, {
      method: "HEAD",
      redirect: "manual",
      // The length of a compressed answer is not the size of the file.
      headers: { "accept-encoding": "identity" },
      signal: options.signal === undefined ? deadline : AbortSignal.any([options.signal, deadline]),
    });
    await response.body?.cancel();
    const location = response.headers.get("location");
    if (response.status < 300 || response.status > 399 || location === null) {
      const length = response.headers.get("content-length");
      return { hops, status: response.status, size: length === null ? undefined : Number(length) };
    }
    if (hops.length > MAX_HOPS) throw new Error(`more than ${MAX_HOPS} redirects`);
    next = new URL(location, next).href;
  }
}

function sameAddress(left: string, right: string): boolean {
  // `v1.7.4+hotfix.1` and `v1.7.4%2Bhotfix.1` are the same tag.
  const normal = (url: string): string => decodeURIComponent(new URL(url).href.replace(/[?#].*$/s, "")).toLowerCase();
  return normal(left) === normal(right);
}

function refused(reason: string): Verdict {
  return { ok: false, reason };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
