import {
  excerpt,
  type HttpResponse,
  type Patience,
  readText,
  retryAfter,
  TransientError,
  type Transport,
} from "@release-actions/http";
import { decodeJson, object, optional, string } from "@release-actions/json";
import { type Challenge, parseChallenge } from "./challenge.ts";
import { RegistryError } from "./error.ts";

/** The user name and password for a registry. */
export interface Credentials {
  readonly username: string;
  /** Sent only to the registry and to the token service that it names. */
  readonly password: string;
}

export interface RegistryOptions {
  readonly transport: Transport;
  readonly credentials?: Credentials | undefined;
  readonly patience?: Patience;
  readonly signal?: AbortSignal;
}

export interface Call {
  readonly method: "GET" | "HEAD" | "POST" | "PATCH" | "PUT" | "DELETE";
  readonly url: URL;
  readonly repository: string;
  /** Another repository that the call must be allowed to read, in order to mount a blob. */
  readonly from?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Called for each attempt, because a stream can be sent only once. */
  readonly body?: (() => Uint8Array | AsyncIterable<Uint8Array>) | undefined;
}

const MAX_TEXT_BYTES = 1024 * 1024;
const MAX_REDIRECTS = 5;

const tokenAnswer = object({ token: optional(string), access_token: optional(string) });

/** The origin of a registry. As in container engines, plain HTTP is used only for this machine. */
export function originOf(registry: string): URL {
  // Image names on Docker Hub begin with `docker.io`, but another host serves its API.
  const host = registry === "docker.io" ? "registry-1.docker.io" : registry;
  const isLoopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/.test(host);
  return new URL(`${isLoopback ? "http" : "https"}://${host}/`);
}

/** Sends requests to one registry, with the credentials that it demands (distribution's docs: "Token authentication"). */
export class Connection {
  readonly registry: string;
  readonly #origin: URL;
  readonly #options: RegistryOptions;
  /** The values of the Authorization header by scope: a repository, and optionally another one to read from. */
  readonly #authorizations = new Map<string, string>();

  constructor(registry: string, options: RegistryOptions) {
    this.registry = registry;
    this.#origin = originOf(registry);
    this.#options = options;
  }

  /** The URL of a part of a repository, such as `tags/list`. */
  at(repository: string, part: string): URL {
    return new URL(`v2/${repository}/${part}`, this.#origin);
  }

  /** Sends a request, and repeats it once after a challenge. @throws TransientError for faults that a retry may cure */
  async send(call: Call): Promise<HttpResponse> {
    const answer = await this.#once(call);
    if (answer.status !== 401) return await this.#healthy(answer);
    const challenge = parseChallenge(String(answer.headers["www-authenticate"] ?? ""));
    answer.body.destroy();
    this.#authorizations.set(keyOf(call), await this.#authorize(challenge, call));
    const second = await this.#healthy(await this.#once(call));
    if (second.status !== 401) return second;
    second.body.destroy();
    throw this.#denied(401);
  }

  /** The error for an unexpected response. */
  async refused(answer: HttpResponse, what: string): Promise<RegistryError> {
    const said = await this.#said(answer);
    if (answer.status === 403) return this.#denied(403, `${what}: ${said}`);
    return new RegistryError(`${this.registry} answered ${answer.status} to ${what}${said && `: ${said}`}`, {
      status: answer.status,
    });
  }

  async #said(answer: HttpResponse): Promise<string> {
    return excerpt(await readText(answer, { limit: MAX_TEXT_BYTES }));
  }

  async #once(call: Call): Promise<HttpResponse> {
    const { method, url, headers, body } = call;
    let target = url;
    for (let hops = 0; ; hops += 1) {
      // A redirect may lead to storage outside the registry, which must not get the credentials.
      const authorization = target.origin === this.#origin.origin ? this.#authorizations.get(keyOf(call)) : undefined;
      const answer = await this.#options.transport({
        method,
        url: target,
        headers: { ...headers, ...(authorization !== undefined && { Authorization: authorization }) },
        body: body?.(),
        signal: this.#options.signal,
      });
      const { location } = answer.headers;
      if (![301, 302, 307, 308].includes(answer.status) || location === undefined) return answer;
      answer.body.destroy();
      const next = new URL(location, target);
      if (hops === MAX_REDIRECTS || (next.protocol !== "https:" && next.origin !== this.#origin.origin)) {
        throw new RegistryError(
          `${target.host} redirects to ${next.host}, expected https and at most ${MAX_REDIRECTS} hops`,
        );
      }
      target = next;
    }
  }

  async #healthy(answer: HttpResponse): Promise<HttpResponse> {
    if (answer.status !== 429 && answer.status < 500) return answer;
    const said = await this.#said(answer);
    throw new TransientError(`${answer.url.host} answered ${answer.status}${said && `: ${said}`}`, {
      retryAfterMs: retryAfter(answer.headers),
    });
  }

  async #authorize(challenge: Challenge | undefined, { repository, from }: Call): Promise<string> {
    const { transport, credentials, signal } = this.#options;
    const basic = credentials && basicOf(credentials);
    if (challenge?.scheme === "basic") {
      if (basic === undefined) throw this.#denied(401);
      return basic;
    }
    const realm = challenge?.scheme === "bearer" ? challenge.parameters.get("realm") : undefined;
    if (realm === undefined || !URL.canParse(realm)) {
      throw new RegistryError(`${this.registry} requires an authentication method that this action does not support`, {
        status: 401,
      });
    }
    const url = new URL(realm);
    if (url.protocol !== "https:" && this.#origin.protocol === "https:") {
      throw new RegistryError(`${this.registry} names a token service with an unencrypted address: ${url.host}`);
    }
    const service = challenge?.parameters.get("service");
    if (service !== undefined) url.searchParams.set("service", service);
    url.searchParams.set("scope", `repository:${repository}:pull${basic === undefined ? "" : ",push"}`);
    if (from !== undefined) url.searchParams.append("scope", `repository:${from}:pull`);
    const headers = basic === undefined ? {} : { Authorization: basic };
    const answer = await this.#healthy(await transport({ url, headers, signal }));
    const body = await readText(answer, { limit: MAX_TEXT_BYTES });
    if (answer.status === 401 || answer.status === 403) throw this.#denied(answer.status);
    if (answer.status !== 200) {
      throw new RegistryError(`the token service ${url.host} answered ${answer.status}: ${excerpt(body)}`, {
        status: answer.status,
      });
    }
    const source = `the answer of the token service ${url.host}`;
    const { token, access_token } = decodeJson(body, tokenAnswer, { source, maxBytes: MAX_TEXT_BYTES });
    return `Bearer ${token ?? access_token ?? ""}`;
  }

  #denied(status: number, said = ""): RegistryError {
    const { credentials } = this.#options;
    const who = credentials === undefined ? "anonymous access" : `the user ${credentials.username}`;
    return new RegistryError(`${this.registry} refuses ${who} (${status})${said && `: ${said}`}`, {
      status,
      advice: "Check the user and the password or token, and that it has write access (on GHCR: `packages: write`).",
    });
  }
}

function keyOf({ repository, from }: Call): string {
  return from === undefined ? repository : `${repository} ${from}`;
}

function basicOf({ username, password }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}
