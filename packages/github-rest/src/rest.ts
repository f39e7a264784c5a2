import { setTimeout as delay } from "node:timers/promises";
import { type Decoder, decodeJson } from "@release-actions/json";
import { Fault, type Reporter } from "@release-actions/report";
import { retryAfter } from "./retry.ts";

export interface RestOptions {
  /** `GITHUB_API_URL`: `https://api.github.com`, or a server's own. */
  readonly apiUrl: string;
  /** Without one only public things can be read, and few of them an hour. */
  readonly token: string | undefined;
  readonly reporter: Reporter;
  readonly signal?: AbortSignal;
  readonly fetch?: typeof fetch;
  /** Waits, in milliseconds. */
  readonly wait?: (ms: number, signal: AbortSignal | undefined) => Promise<unknown>;
  /** How long one request may be tried in all, in milliseconds. Default 3 minutes. */
  readonly budgetMs?: number;
  readonly now?: () => number;
}

/** GitHub's REST API (docs.github.com/rest), as far as releases need it. */
export interface Rest {
  get<T>(path: string, decoder: Decoder<T>): Promise<T>;
  /** All pages of a list. */
  getAll<T>(path: string, decoder: Decoder<readonly T[]>): Promise<readonly T[]>;
  send<T>(method: "POST" | "PATCH" | "PUT", path: string, body: object, decoder: Decoder<T>): Promise<T>;
}

/** An answer that is not what was asked for, and that asking again does not change. */
export class RestError extends Fault {
  override readonly name = "RestError";
  /** HTTP status; 0 when there was no answer at all. */
  readonly status: number;

  constructor(status: number, message: string, details: { advice?: string; cause?: unknown } = {}) {
    super(message, details);
    this.status = status;
  }
}

const ATTEMPT_TIMEOUT_MS = 30_000;
const DEFAULT_BUDGET_MS = 180_000;
const MAX_BODY_BYTES = 20 * 1024 * 1024;
/** Ten thousand entries; a list that goes on is a mistake, not a release. */
const MAX_PAGES = 100;

export function openRest(options: RestOptions): Rest {
  const decode = <T>(answer: Answer, decoder: Decoder<T>): T =>
    decodeJson(answer.body, decoder, { source: `GitHub's answer to ${answer.what}`, maxBytes: MAX_BODY_BYTES });
  return {
    get: async (path, decoder) => decode(await request(options, "GET", path), decoder),
    send: async (method, path, body, decoder) => decode(await request(options, method, path, body), decoder),
    getAll: async <T>(path: string, decoder: Decoder<readonly T[]>) => {
      const all: T[] = [];
      let next: string | undefined = `${path}${path.includes("?") ? "&" : "?"}per_page=100`;
      for (let page = 1; next !== undefined; page += 1) {
        if (page > MAX_PAGES) throw new RestError(0, `${path} has more than ${MAX_PAGES} pages`);
        const answer: Answer = await request(options, "GET", next);
        all.push(...decode(answer, decoder));
        next = nextPage(answer.link, options.apiUrl);
      }
      return all;
    },
  };
}

interface Answer {
  /** The method and path, for messages. */
  readonly what: string;
  readonly body: Uint8Array;
  readonly link: string | null;
}

async function request(options: RestOptions, method: string, path: string, body?: object): Promise<Answer> {
  const { reporter, now = Date.now, budgetMs = DEFAULT_BUDGET_MS, wait = waitFor } = options;
  const what = `${method} ${path.replace(/\?.*/, "")}`;
  const end = now() + budgetMs;
  for (let tries = 1; ; tries += 1) {
    const outcome = await attempt(options, method, path, body, what);
    if ("answer" in outcome) return outcome.answer;
    const pause = retryAfter(outcome, tries, now());
    if (pause === undefined || now() + pause > end) throw outcome.error;
    reporter.info(`${outcome.error.message}; trying again in ${Math.ceil(pause / 1000)} s`);
    await wait(pause, options.signal);
  }
}

interface Failed {
  readonly error: RestError;
  readonly status: number;
  readonly headers: Headers;
}

async function attempt(
  { apiUrl, token, signal, fetch: fetchIt = fetch }: RestOptions,
  method: string,
  path: string,
  body: object | undefined,
  what: string,
): Promise<{ answer: Answer } | Failed> {
  const deadline = AbortSignal.timeout(ATTEMPT_TIMEOUT_MS);
  try {
    const response = await fetchIt(`${apiUrl.replace(/\/+$/, "")}${path}`, {
      method,
      headers: {
        accept: "application/vnd.github+json",
        "x-github-api-version": "2022-11-28",
        "user-agent": "release-actions",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
    });
    const content = new Uint8Array(await response.arrayBuffer());
    if (response.ok) return { answer: { what, body: content, link: response.headers.get("link") } };
    return { error: explain(response.status, what, content), status: response.status, headers: response.headers };
  } catch (cause) {
    signal?.throwIfAborted();
    const host = new URL(apiUrl).host;
    return {
      error: new RestError(0, `no answer from ${host} to ${what}`, { cause }),
      status: 0,
      headers: new Headers(),
    };
  }
}

function explain(status: number, what: string, content: Uint8Array): RestError {
  const text = new TextDecoder().decode(content.subarray(0, 2000));
  const said = /"message"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? text.slice(0, 200).replace(/\s+/g, " ");
  const advice: Readonly<Record<number, string>> = {
    401: "Check the token: it is wrong or has expired.",
    403: "Give the job the permission that the action's README lists.",
    404: "Check the name, and that the token may see it: what a token may not see does not exist for it.",
  };
  const hint = advice[status];
  return new RestError(
    status,
    `GitHub answers ${status} to ${what}: ${said}`,
    hint === undefined ? {} : { advice: hint },
  );
}

/** The address of the next page (RFC 8288), as a path; never one of another host, which would get the token. */
function nextPage(link: string | null, apiUrl: string): string | undefined {
  const target = /<([^>]+)>;\s*rel="next"/.exec(link ?? "")?.[1];
  if (target === undefined) return undefined;
  const base = apiUrl.replace(/\/+$/, "");
  if (!target.startsWith(`${base}/`))
    throw new RestError(0, `GitHub's next page is at ${target.replace(/\?.*/, "")}, expected one of ${base}`);
  return target.slice(base.length);
}

function waitFor(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return delay(ms, undefined, signal && { signal });
}
