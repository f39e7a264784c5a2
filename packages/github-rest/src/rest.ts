import {
  type Clock,
  DEFAULT_PATIENCE,
  type HttpResponse,
  type Patience,
  RefusedError,
  readBody,
  retrying,
  SYSTEM_CLOCK,
  TransientError,
  type Transport,
} from "@release-actions/http";
import { type Decoder, decodeJson, integer, listOf, object } from "@release-actions/json";
import type { Reporter } from "@release-actions/report";
import { type Explain, explainPlainly, refusal } from "./refusal.ts";

export interface RestOptions {
  /** `GITHUB_API_URL`: `https://api.github.com`, or the API of a GitHub Enterprise server. */
  readonly apiUrl: string;
  /** Without a token only public data can be read, with a low hourly limit. */
  readonly token: string | undefined;
  readonly transport: Transport;
  readonly reporter: Reporter;
  /** The default signal, for calls without their own. */
  readonly signal?: AbortSignal;
  /** How long one request may be retried. */
  readonly patience?: Patience;
  readonly clock?: Clock;
  /** The longest wait for a rate limit to end, in milliseconds. Default: the time budget of `patience`. */
  readonly longestLimitMs?: number;
  /** Makes the message and the advice for a refused request. */
  readonly explain?: Explain;
}

/** GitHub's REST API (docs.github.com/rest). The token is sent only to the API's own origin. */
export interface Rest {
  get<T>(path: string, decoder: Decoder<T>, signal?: AbortSignal): Promise<T>;
  /** Reads all pages of a list. */
  getAll<T>(path: string, decoder: Decoder<readonly T[]>, signal?: AbortSignal): Promise<readonly T[]>;
  /**
   * Reads all pages of a list under `key` in an object that also has `total_count`.
   *
   * @throws RefusedError if fewer entries arrive
   */
  getCounted<T>(path: string, key: string, item: Decoder<T>, signal?: AbortSignal): Promise<readonly T[]>;
  send<T>(method: "POST" | "PATCH" | "PUT", path: string, body: object, decoder: Decoder<T>): Promise<T>;
  /** The target of the API's redirect to a download. */
  redirect(path: string, signal?: AbortSignal): Promise<URL>;
}

interface Answer {
  /** The method and path, for messages. */
  readonly what: string;
  readonly content: Buffer;
  readonly next: string | undefined;
}

interface Request {
  readonly body?: string;
  readonly signal?: AbortSignal | undefined;
}

const MAX_BODY_BYTES = 20 * 1024 * 1024;
/** The limit for pages: 10,000 entries. No real release has a longer list. */
const MAX_PAGES = 100;
const MAX_REDIRECTS = 5;
/** The time limit for the body of one answer; the headers have the same limit. */
const ATTEMPT_MS = 30_000;

export function openRest(options: RestOptions): Rest {
  const { transport, token, reporter, patience = DEFAULT_PATIENCE, clock = SYSTEM_CLOCK } = options;
  const base = options.apiUrl.replace(/\/+$/, "");
  const { origin } = new URL(base);
  const limits = { clock, longestLimitMs: options.longestLimitMs ?? patience.budgetMs };
  const explain = options.explain ?? explainPlainly;
  // Conditional requests for unchanged data do not count against the rate limit.
  const cache = new Map<string, Answer & { readonly etag: string }>();

  const exchange = async (method: string, url: URL, { body, signal }: Request): Promise<HttpResponse> => {
    const known = method === "GET" ? cache.get(url.href) : undefined;
    const response = await transport({
      url,
      method,
      signal,
      ...(body === undefined ? {} : { body }),
      headers: {
        Accept: "application/vnd.github+json",
        "X-GitHub-Api-Version": "2022-11-28",
        ...(url.origin === origin && token ? { Authorization: `Bearer ${token}` } : {}),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...(known === undefined ? {} : { "If-None-Match": known.etag }),
      },
    });
    const { "x-ratelimit-remaining": left = "?", "x-ratelimit-limit": limit = "?" } = response.headers;
    reporter.debug(`${method} ${url.pathname}: ${response.status}, ${left} of ${limit} requests left`);
    return response;
  };

  /**
   * Sends a request, with retries, and follows redirects until `take` returns a value.
   *
   * @throws RefusedError for an answer that `take` does not accept and that is not a redirect
   */
  const request = async <T>(
    method: string,
    path: string,
    { signal = options.signal, ...rest }: Request,
    take: (response: HttpResponse, content: Buffer, what: string) => T | undefined,
  ): Promise<T> => {
    const what = `${method} ${path.replace(/\?.*/, "")}`;
    const attempt = async (): Promise<T> => {
      let url = new URL(`${base}${path}`);
      for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
        const response = await exchange(method, url, { ...rest, signal });
        const content = await readBody(response, { limit: MAX_BODY_BYTES, withinMs: ATTEMPT_MS });
        const taken = take(response, content, what);
        if (taken !== undefined) return taken;
        if (![301, 302, 307, 308].includes(response.status)) throw refusal(what, response, content, explain, limits);
        url = location(response);
      }
      throw new RefusedError(`${what}: more than ${MAX_REDIRECTS} redirects`);
    };
    return await retrying(what, patience, signal, attempt, { clock, reporter });
  };

  const read = (path: string, signal?: AbortSignal): Promise<Answer> =>
    request("GET", path, { signal }, ({ status, headers, url }, content, what) => {
      if (status === 304) return cache.get(url.href);
      if (!isSuccess(status)) return undefined;
      const answer: Answer = { what, content, next: nextPage(headers["link"], base) };
      if (headers.etag !== undefined) cache.set(url.href, { ...answer, etag: headers.etag });
      return answer;
    });

  const pages = async <T>(path: string, decoder: Decoder<T>, signal?: AbortSignal): Promise<T[]> => {
    const all: T[] = [];
    let next: string | undefined = `${path}${path.includes("?") ? "&" : "?"}per_page=100`;
    while (next !== undefined) {
      if (all.length === MAX_PAGES) throw new RefusedError(`${path} has more than ${MAX_PAGES} pages`);
      const answer: Answer = await read(next, signal);
      all.push(decode(answer, decoder));
      next = answer.next;
    }
    return all;
  };

  return {
    get: async (path, decoder, signal) => decode(await read(path, signal), decoder),
    getAll: async (path, decoder, signal) => (await pages(path, decoder, signal)).flat(),
    getCounted: async (path, key, item, signal) => {
      const [counted, named] = [object({ total_count: integer }), object({ [key]: listOf(item) })];
      const found = await pages(
        path,
        (value, at) => ({ ...counted(value, at), items: named(value, at)[key] ?? [] }),
        signal,
      );
      const items = found.flatMap((page) => page.items);
      const total = found.at(-1)?.total_count ?? 0;
      if (items.length < total)
        throw new RefusedError(`GET ${path} gave ${items.length} of ${total} entries: the list is cut`);
      return items;
    },
    send: async (method, path, body, decoder) => {
      const answer = await request(method, path, { body: JSON.stringify(body) }, ({ status }, content, what) =>
        isSuccess(status) ? { what, content } : undefined,
      );
      return decode(answer, decoder);
    },
    // Other redirects mean that the repository has moved and do not lead to the file.
    redirect: (path, signal) =>
      request("GET", path, { signal }, (response) => (response.status === 302 ? location(response) : undefined)),
  };
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

function decode<T>({ what, content }: Pick<Answer, "what" | "content">, decoder: Decoder<T>): T {
  return decodeJson(content, decoder, { source: `GitHub's answer to ${what}`, maxBytes: MAX_BODY_BYTES });
}

/** The target of a redirect, which may be relative. */
function location({ url, headers, status }: HttpResponse): URL {
  const target = URL.parse(headers.location ?? "", url.href);
  if (target === null) throw new TransientError(`${url.host} answered ${status} without a usable Location`);
  return target;
}

/** The path of the next page (RFC 8288). An address of another host is refused, since that host would get the token. */
function nextPage(link: string | string[] | undefined, base: string): string | undefined {
  const target = /<([^>]+)>;\s*rel="next"/.exec([link].flat().join(", "))?.[1];
  if (target === undefined) return undefined;
  if (!target.startsWith(`${base}/`))
    throw new RefusedError(`GitHub's next page is at ${target.replace(/\?.*/, "")}, expected one of ${base}`);
  return target.slice(base.length);
}
