import {
  DEFAULT_PATIENCE,
  excerpt,
  type HttpResponse,
  type Patience,
  readText,
  retryAfter,
  retrying,
  TransientError,
  type Transport,
} from "@release-actions/http";
import { type Decoder, decodeJson, integer, listOf, object, optional, string } from "@release-actions/json";
import type { Reporter } from "@release-actions/report";
import { AccessError, RateLimitError, RefusedError } from "./faults.ts";

const MAX_ANSWER_BYTES = 32_000_000;
const MAX_PAGES = 100;
const MAX_REDIRECTS = 5;
const TRANSIENT = new Set([408, 500, 502, 503, 504]);

export interface RestOptions {
  /** The API's root, such as https://api.github.com. */
  readonly url: string;
  readonly token: string;
  readonly transport: Transport;
  readonly reporter: Reporter;
  readonly patience?: Patience;
}

/** Reads GitHub's REST API. The token goes to the API's own origin, and nowhere else. */
export interface RestClient {
  get<T>(path: string, decoder: Decoder<T>, signal?: AbortSignal): Promise<T>;
  /** All items of a list that comes in pages, in their order. */
  list<T>(path: string, key: string, item: Decoder<T>, signal?: AbortSignal): AsyncGenerator<T, void, undefined>;
  /** Where the API sends the asker, for downloads. */
  redirect(path: string, signal?: AbortSignal): Promise<URL>;
}

interface Cached {
  readonly etag: string;
  readonly text: string;
  readonly next: string | undefined;
}

export function createRestClient(options: RestOptions): RestClient {
  const root = new URL(options.url.endsWith("/") ? options.url : `${options.url}/`);
  // Asking again for what has not changed costs nothing of the rate limit (F22).
  const cache = new Map<string, Cached>();

  const send = async (target: URL, signal?: AbortSignal): Promise<HttpResponse> => {
    const known = cache.get(target.href);
    const response = await options.transport({
      ...{ url: target, signal },
      headers: {
        Accept: "application/vnd.github+json",
        "X-GitHub-Api-Version": "2022-11-28",
        ...(target.origin === root.origin && options.token !== "" ? { Authorization: `Bearer ${options.token}` } : {}),
        ...(known === undefined ? {} : { "If-None-Match": known.etag }),
      },
    });
    const { "x-ratelimit-remaining": left, "x-ratelimit-limit": limit } = response.headers;
    options.reporter.debug(
      `GET ${target.pathname}: ${response.status}, ${left ?? "?"} of ${limit ?? "?"} requests left`,
    );
    return response;
  };

  const fetchText = (path: string, signal?: AbortSignal): Promise<Omit<Cached, "etag">> =>
    retrying(`GET ${path.split("?")[0]}`, options.patience ?? DEFAULT_PATIENCE, signal, async () => {
      let target = new URL(path, root);
      for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
        const response = await send(target, signal);
        const text = await readText(target, response, { limit: MAX_ANSWER_BYTES });
        const known = cache.get(target.href);
        if (response.status === 304 && known !== undefined) return known;
        if (response.status === 200) {
          const answer = { text, next: nextPage(response.headers["link"]) };
          if (response.headers.etag !== undefined) cache.set(target.href, { ...answer, etag: response.headers.etag });
          return answer;
        }
        if (![301, 302, 307, 308].includes(response.status)) throw refusal(target, response, text);
        target = location(target, response);
      }
      throw tooManyRedirects(path);
    });

  const decode = <T>(path: string, text: string, decoder: Decoder<T>): T =>
    decodeJson(text, decoder, { source: `the answer to GET ${path}`, maxBytes: MAX_ANSWER_BYTES });

  return {
    get: async (path, decoder, signal) => decode(path, (await fetchText(path, signal)).text, decoder),

    list: async function* <T>(path: string, key: string, item: Decoder<T>, signal?: AbortSignal) {
      const named: Decoder<Record<string, readonly T[]>> = object({ [key]: listOf(item) });
      const counted = object({ total_count: integer });
      let next: string | undefined = `${path}${path.includes("?") ? "&" : "?"}per_page=100`;
      let [pages, seen, total] = [0, 0, 0];
      for (; next !== undefined; pages += 1) {
        if (pages === MAX_PAGES) throw new RefusedError(`GET ${path}: more than ${MAX_PAGES} pages`);
        const answer: Omit<Cached, "etag"> = await fetchText(next, signal);
        const items = decode(path, answer.text, named)[key] ?? [];
        yield* items;
        seen += items.length;
        total = decode(path, answer.text, counted).total_count;
        next = answer.next;
      }
      if (seen < total) throw new RefusedError(`GET ${path} gave ${seen} of ${total} entries: the list is cut`);
    },

    redirect: (path, signal) =>
      retrying(`GET ${path}`, options.patience ?? DEFAULT_PATIENCE, signal, async () => {
        let target = new URL(path, root);
        for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
          const response = await send(target, signal);
          const text = await readText(target, response, { limit: MAX_ANSWER_BYTES });
          if (response.status === 302) return location(target, response);
          // The others tell that a repository has moved, not where its file is.
          if (![301, 307, 308].includes(response.status)) throw refusal(target, response, text);
          target = location(target, response);
        }
        throw tooManyRedirects(path);
      }),
  };
}

function tooManyRedirects(path: string): RefusedError {
  return new RefusedError(`GET ${path}: more than ${MAX_REDIRECTS} redirects`);
}

/** Relative ones too (F15). */
function location(target: URL, { headers, status }: HttpResponse): URL {
  const url = URL.parse(headers.location ?? "", target.href);
  if (url === null) throw new TransientError(`${target.host} answered ${status} without a usable Location`);
  return url;
}

function refusal(target: URL, response: HttpResponse, text: string): Error {
  const { status, headers } = response;
  const said = apiMessage(text);
  const shown = `${status}${said === "" ? "" : `, ${said}`}`;
  const what = `GET ${target.pathname} was refused (${shown})`;
  if (TRANSIENT.has(status))
    return new TransientError(`${target.host}: ${shown}`, { retryAfterMs: retryAfter(headers) });
  if (status === 429 || status === 403) {
    const limited = rateLimit(target, response, said);
    if (limited !== undefined) return limited;
  }
  if (status === 401) return new AccessError(what, { status, advice: "Check the `github-token` input." });
  if (status === 403) {
    return new AccessError(what, {
      status,
      advice: "Give the job's token the right to read artifacts:\n\npermissions:\n  actions: read\n  contents: read",
    });
  }
  return new RefusedError(what, { status });
}

/** GitHub's limits come as 403 or 429: docs.github.com, "Rate limits for the REST API" (F21, F22). */
function rateLimit(target: URL, { headers, status }: HttpResponse, said: string): Error | undefined {
  const wait = retryAfter(headers);
  const isSecondary = /secondary rate limit|abuse/i.test(said);
  if (wait !== undefined || isSecondary || (status === 429 && headers["x-ratelimit-remaining"] !== "0")) {
    // Without a time the documentation asks for a minute.
    return new TransientError(`${target.host}: ${status}, ${said}`, { retryAfterMs: wait ?? 60_000 });
  }
  if (headers["x-ratelimit-remaining"] !== "0") return undefined;
  const reset = new Date(Number(headers["x-ratelimit-reset"] ?? 0) * 1000);
  const limit = headers["x-ratelimit-limit"] ?? "?";
  const untilReset = reset.getTime() - Date.now();
  if (untilReset < 60_000) {
    return new TransientError(`${target.host}: ${status}, ${said}`, { retryAfterMs: Math.max(1000, untilReset) });
  }
  return new RateLimitError(
    `the rate limit of the token (${limit} requests an hour) is used up until ${reset.toISOString()}`,
    { status, advice: "Run the job again after that, or give it a token of its own with the `github-token` input." },
  );
}

function apiMessage(text: string): string {
  try {
    const options = { source: "the error", maxBytes: MAX_ANSWER_BYTES };
    return decodeJson(text, object({ message: optional(string, "") }), options).message;
  } catch {
    return excerpt(text); // Not from the API: shown as it came.
  }
}

function nextPage(link: string | string[] | undefined): string | undefined {
  return /<([^>]+)>;\s*rel="next"/.exec([link].flat().join(", "))?.[1];
}
