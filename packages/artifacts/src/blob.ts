import {
  type HttpResponse,
  type Patience,
  RefusedError,
  retryAfter,
  TransientError,
  type Transport,
} from "@release-actions/http";
import { Fault, formatDuration } from "@release-actions/report";
import { Coverage } from "./coverage.ts";
import { ExpiredArtifactError } from "./faults.ts";
import { createHeapRelief } from "./heap-relief.ts";
import type { ArtifactLocation } from "./location.ts";
import { SignedUrl } from "./signed-url.ts";

const MAX_REDIRECTS = 5;
/** How often a new signed URL may be refused. A clock that is slightly fast causes fewer refusals. */
const MAX_FORBIDDEN = 5;
const MAX_STRANGE_ANSWERS = 2;
const NOTABLE_SKEW_MS = 30_000;
const TRANSIENT = new Set([408, 429, 500, 502, 503, 504]);

/** Limits on one attempt, in milliseconds and bytes. */
export interface Pace {
  /** The longest wait for the response headers. */
  readonly headersMs: number;
  /** The longest time without any byte. */
  readonly silenceMs: number;
  /** The least number of bytes in each such period of waiting. */
  readonly window: { readonly ms: number; readonly bytes: number };
}

/** The limits for downloads unless the caller sets others. */
export const DEFAULT_PACE: Pace = {
  headersMs: 30_000,
  silenceMs: 20_000,
  window: { ms: 15_000, bytes: 256 * 1024 },
};

export interface BlobOptions {
  readonly transport: Transport;
  readonly pace: Pace;
  readonly patience: Patience;
  readonly heapRelief: boolean;
}

/** The server answered a range request with the whole content: it does not support ranges. */
export class NoRangesError extends Error {
  override readonly name = "NoRangesError";
}

/** The stored bytes of one artifact, read by separate requests. */
export class Blob {
  readonly location: ArtifactLocation;
  readonly options: BlobOptions;
  /** The size in bytes, once it is known. */
  size: number | undefined;
  #fetched = 0;
  readonly #coverage = new Coverage();
  readonly #relieve: (bytes: number) => void;
  readonly #url: SignedUrl;
  #etag: string | undefined;

  constructor(location: ArtifactLocation, options: BlobOptions) {
    this.location = location;
    this.options = options;
    this.#relieve = options.heapRelief ? createHeapRelief() : () => undefined;
    // act's server lists no digest, and a size that is not that of the stored bytes. Trust a size only with a digest.
    this.size = location.size > 0 && location.digest !== undefined ? location.size : undefined;
    this.#url = new SignedUrl(location.mintUrl);
  }

  /** The number of bytes of content that were received. */
  get fetched(): number {
    return this.#fetched;
  }

  /** The number of distinct bytes received: those that were requested twice count once. */
  get distinct(): number {
    return this.#coverage.size;
  }

  /** Counts received bytes. The caller reports all of them, with their offset in the content. */
  count(bytes: number, offset: number): void {
    this.#fetched += bytes;
    this.#coverage.add(offset, bytes);
    this.#relieve(bytes);
  }

  /** One request for a range (both ends included) or, without one, for everything. */
  async request(
    range: readonly [first: number, last: number] | undefined,
    signal: AbortSignal | undefined,
  ): Promise<HttpResponse> {
    const signed = await this.#url.get(signal);
    let url = signed;
    for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
      // Never send Authorization here: the storage must only receive the signature in the URL.
      const response = await this.options.transport({
        url,
        signal,
        headersTimeoutMs: this.options.pace.headersMs,
        headers: {
          "Accept-Encoding": "identity",
          ...(range === undefined ? {} : { Range: `bytes=${range[0]}-${range[1]}` }),
        },
      });
      try {
        const target = redirect(url, response);
        if (target === undefined) {
          this.#check(signed, response, range);
          return response;
        }
        response.body.resume();
        url = target;
      } catch (error) {
        response.body.destroy();
        throw error;
      }
    }
    throw new RefusedError(`${signed.host}: more than ${MAX_REDIRECTS} redirects`);
  }

  #check(signed: URL, response: HttpResponse, range: readonly [number, number] | undefined): void {
    const { status, headers } = response;
    if (status !== 200 && status !== 206) throw this.#refusal(signed, response);
    const type = String(headers["content-type"] ?? "");
    if (/^text\/html/i.test(type) && !/\.html?$/i.test(this.location.name)) {
      throw strange(signed, `${status} with a page of HTML instead of the artifact`);
    }
    if (headers["content-length"] === "0" && this.size !== 0) throw strange(signed, `${status} with an empty body`);
    if (range !== undefined) this.#checkRange(signed, response, range);
    const etag = headers.etag;
    if (etag !== undefined && this.#etag !== undefined && etag !== this.#etag) {
      throw new Fault(`${this.location.name} was replaced while it was read`, { advice: "Run the job again." });
    }
    this.#etag ??= etag;
  }

  #checkRange(signed: URL, { status, headers }: HttpResponse, range: readonly [number, number]): void {
    if (status === 200) throw new NoRangesError(`${signed.host} serves no ranges`);
    const encoding = headers["content-encoding"] ?? "identity";
    if (encoding !== "identity") throw strange(signed, `${status} in Content-Encoding ${encoding}`);
    const [, first, total] = /^bytes (\d+)-\d+\/(\d+)$/.exec(headers["content-range"] ?? "") ?? [];
    if (Number(first) !== range[0])
      throw strange(signed, `${status} with Content-Range "${headers["content-range"] ?? ""}"`);
    this.size ??= Number(total);
    if (Number(total) !== this.size) {
      throw new Fault(
        `${this.location.name} has ${total} bytes in the storage, and ${this.size} in the listing of the run`,
      );
    }
  }

  #refusal(signed: URL, { status, headers }: HttpResponse): Error {
    const code = headers["x-ms-error-code"];
    const id = headers["x-ms-request-id"];
    const said = `${signed.host}: ${status}${code === undefined ? "" : ` ${String(code)}`}`;
    const shown = id === undefined ? said : `${said} (request ${String(id)})`;
    if (TRANSIENT.has(status)) return new TransientError(said, { retryAfterMs: retryAfter(headers) });
    if (status === 401 || status === 403) {
      // The signature has expired or is not valid yet: request a new one.
      this.#url.renew(signed);
      return new TransientError(`${said}${clockSkew(headers.date)}`, { promptly: true, atMost: MAX_FORBIDDEN });
    }
    if (status === 404 || status === 410) {
      const { name, expiresAt } = this.location;
      const until = expiresAt === undefined ? "" : `; it expired on ${expiresAt.toISOString()}`;
      return new ExpiredArtifactError(`the content of ${name} is no longer in the storage (${shown})${until}`, {
        advice: "Run again the job that made it.",
      });
    }
    return new RefusedError(`the storage refused to give ${this.location.name}: ${shown}`, { status });
  }
}

/** A note about a wrong clock. A signature is valid between two times, so a wrong clock explains a refusal. */
function clockSkew(date: string | undefined): string {
  const skew = Date.now() - Date.parse(date ?? "");
  if (Number.isNaN(skew) || Math.abs(skew) < NOTABLE_SKEW_MS) return "";
  return `, and the clock here is ${formatDuration(Math.abs(skew))} ${skew > 0 ? "ahead of" : "behind"} the server's`;
}

/** The error for an answer that cannot come from the storage, but may come from a proxy: worth few attempts. */
function strange(url: URL, what: string): TransientError {
  return new TransientError(`${url.host} answered ${what}`, { atMost: MAX_STRANGE_ANSWERS });
}

function redirect(from: URL, { status, headers }: HttpResponse): URL | undefined {
  if (![301, 302, 303, 307, 308].includes(status)) return undefined;
  const target = URL.parse(headers.location ?? "", from.href);
  if (target === null) throw strange(from, `${status} without a usable Location`);
  if (from.protocol === "https:" && target.protocol !== "https:") {
    throw new RefusedError(`${from.host} redirects from https to ${target.protocol}//${target.host}: refused`);
  }
  return target;
}
