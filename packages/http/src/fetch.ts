import { Readable } from "node:stream";
import { createTransport, type HttpRequest, type HttpResponse, type Transport } from "./transport.ts";

/** The part of the standard `fetch` that callers use. */
export type Fetch = (url: string | URL, init?: FetchInit) => Promise<Response>;

export interface FetchInit {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: HttpRequest["body"];
  readonly signal?: AbortSignal;
  /**
   * `manual` returns a redirect unchanged. Default: `follow`, which follows at most 5 redirects and sends secrets only
   * to the first origin.
   */
  readonly redirect?: "follow" | "manual";
}

const MAX_REDIRECTS = 5;
/** The statuses of a redirect (fetch.spec.whatwg.org, "redirect status"). */
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
/** Statuses whose answers have no body (fetch.spec.whatwg.org, "null body status"). */
const WITHOUT_BODY: readonly number[] = [204, 205, 304];
/** Redirects are followed only for these methods. Any other would send its body again or become a different request. */
const FOLLOWED: readonly string[] = ["GET", "HEAD"];
const SECRET_HEADERS = /^(?:authorization|cookie|proxy-authorization)$/i;

/**
 * Creates a `fetch` that uses the proxy settings `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` of the environment. Node's
 * global `fetch` does so only if the process was started with NODE_USE_ENV_PROXY.
 */
export function createFetch(env: NodeJS.ProcessEnv): Fetch {
  const transport = createTransport(env);
  return (url, init = {}) => follow(transport, new URL(url), init, MAX_REDIRECTS);
}

async function follow(transport: Transport, url: URL, init: FetchInit, left: number): Promise<Response> {
  const { method = "GET", headers = {}, body, signal, redirect } = init;
  const answer = await transport({ url, method, headers, body, signal });
  const { location } = answer.headers;
  if (redirect === "manual" || !REDIRECTS.includes(answer.status) || location === undefined) {
    return toResponse(method, answer);
  }
  answer.body.destroy();
  if (!FOLLOWED.includes(method) || left === 0 || !URL.canParse(location, url.href)) {
    throw new TypeError(`${url.host}: ${left === 0 ? "too many redirects" : "a redirect that cannot be followed"}`);
  }
  const next = new URL(location, url.href);
  const kept = Object.entries(headers).filter(([name]) => next.origin === url.origin || !SECRET_HEADERS.test(name));
  return await follow(transport, next, { ...init, headers: Object.fromEntries(kept) }, left - 1);
}

function toResponse(method: string, { status, headers, body }: HttpResponse): Response {
  const list = Object.entries(headers).flatMap(([name, value]) => [value ?? []].flat().map((text) => [name, text]));
  const isEmpty = WITHOUT_BODY.includes(status) || method === "HEAD";
  if (isEmpty) body.destroy();
  // Each pair consists of a name and one value.
  return new Response(isEmpty ? null : (Readable.toWeb(body) as ReadableStream), {
    status,
    headers: list as [string, string][],
  });
}
