import {
  DEFAULT_PATIENCE,
  excerpt,
  type HttpResponse,
  type Patience,
  RefusedError,
  readBody,
  retryAfter,
  retrying,
  TransientError,
  type Transport,
} from "@release-actions/http";
import { type Decoder, decodeJson, JsonError, mapOf, object, optional, string, text } from "@release-actions/json";
import type { Reporter } from "@release-actions/report";
import { NpmError } from "./error.ts";
import { escapeName } from "./name.ts";
import { STAGES_PER_PAGE, type StagedVersion, stagePage, versionStatus } from "./stage.ts";

/** One version of a package, as the registry describes it. */
export interface PublishedVersion {
  readonly integrity: string | undefined;
  readonly tarball: string;
}

/** The registry's record of a package name. */
export interface Packument {
  readonly tags: ReadonlyMap<string, string>;
  readonly versions: ReadonlyMap<string, PublishedVersion>;
}

export interface RegistryOptions {
  readonly transport: Transport;
  /** Sent only to the registry's own origin. */
  readonly token: string | undefined;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
  readonly patience?: Patience;
}

export type NpmRegistry = ReturnType<typeof openNpmRegistry>;

const MAX_DOCUMENT_BYTES = 64 * 1024 * 1024;
const MAX_TARBALL_BYTES = 1024 ** 3;
const MAX_REDIRECTS = 5;
const MAX_STAGE_PAGES = 100;
/** Registries other than npm's have no stages (some answer 422 to the path), and a credential may be barred from reading them. */
const STAGING_UNKNOWN = [400, 401, 403, 404, 405, 422, 501];

const packument = object({
  "dist-tags": optional(mapOf(text), new Map()),
  // Absent when everything was unpublished.
  versions: optional(mapOf(object({ dist: object({ integrity: optional(string), tarball: text }) })), new Map()),
});
// Some registries answer an unknown token with an empty user name.
const user = object({ username: optional(text) });
const exchanged = object({ token: text });

/**
 * Opens an npm registry for reading (npm/registry, docs/REGISTRY-API.md). Only the npm client writes to it.
 *
 * @param address an `https://` URL; `http://` only for this machine
 * @throws NpmError when the address is invalid; the methods throw RefusedError for refusals by the registry
 */
export function openNpmRegistry(address: string, options: RegistryOptions) {
  const { transport, token, reporter, signal, patience = DEFAULT_PATIENCE } = options;
  const url = registryUrl(address);

  const send = async (target: URL, method: "GET" | "POST", bearer: string | undefined): Promise<HttpResponse> => {
    let place = target;
    for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
      const proof = bearer !== undefined && place.origin === url.origin ? { Authorization: `Bearer ${bearer}` } : {};
      const response = await transport({
        url: place,
        method,
        headers: { Accept: "application/json", ...proof },
        signal,
      });
      const { location } = response.headers;
      if (![301, 302, 307, 308].includes(response.status) || location === undefined) return response;
      response.body.destroy();
      const next = new URL(location, place);
      if (next.protocol !== "https:" && next.origin !== url.origin) break;
      place = next;
    }
    throw new NpmError(`${target.host} redirects endlessly, or to an unencrypted URL`);
  };

  /** The decoded content of a 2xx response; undefined for the statuses in `absent`. Other statuses are errors. */
  const request = async <T>(
    target: URL,
    call: { method?: "GET" | "POST"; bearer?: string | undefined; limit?: number; absent?: readonly number[] },
    take: (content: Buffer) => T,
  ): Promise<T | undefined> => {
    const { method = "GET", bearer = token, limit = MAX_DOCUMENT_BYTES, absent = [404] } = call;
    const what = `${method} ${target.origin}${target.pathname}`;
    const attempt = async (): Promise<T | undefined> => {
      const response = await send(target, method, bearer);
      const content = await readBody(response, { limit });
      if (response.status >= 200 && response.status < 300) return take(content);
      if (absent.includes(response.status)) return undefined;
      throw refusal(what, response, content);
    };
    return await retrying(what, patience, signal, attempt, { reporter });
  };

  const read = <T>(path: string, decoder: Decoder<T>, call: Parameters<typeof request>[1] = {}) => {
    const target = new URL(path, url);
    return request(target, call, (content) => decode(content, decoder, target));
  };

  return {
    /** With a slash at its end. */
    url,
    /** Undefined when nothing was ever published under the name. */
    packument: async (name: string) => {
      // `write=true` asks for the current state rather than for a cached copy.
      const found = await read(`${escapeName(name)}?write=true`, packument);
      return found && toPackument(found);
    },
    tarball: async (version: PublishedVersion) => {
      const target = new URL(version.tarball);
      const content = await request(target, { limit: MAX_TARBALL_BYTES }, (bytes) => bytes);
      if (content === undefined) throw new NpmError(`the registry lists ${target.href}, but has no such file`);
      return content;
    },
    /** The name of the user who owns the token. */
    whoami: async () => {
      const found = await read("-/whoami", user, { absent: [401, 403, 404] });
      if (found?.username !== undefined) return found.username;
      throw new NpmError(`${url.host} does not accept the token`, {
        advice:
          "It was revoked or has expired, or belongs to another registry. Create a new one, and update the secret.",
      });
    },
    /** Users and their access, `read-write` or `read-only`; undefined when the registry does not reveal it. */
    collaborators: (name: string) => {
      // Registries other than npm's have no such list, and a token may lack the right to read it.
      const call = { absent: [400, 401, 403, 404, 405, 501] };
      return read(`-/package/${escapeName(name)}/collaborators?format=cli`, mapOf(string), call);
    },
    /**
     * The versions of a package that wait for approval; undefined when this credential may not see them, or the registry does not
     * support staging.
     */
    staged: (name: string) => readStages(name, (path) => read(path, stagePage, { absent: STAGING_UNKNOWN })),
    /** The tarball that waits for approval; undefined when there is none. */
    stagedTarball: (id: string) => {
      const target = new URL(`-/stage/${encodeURIComponent(id)}/tarball`, url);
      return request(target, { limit: MAX_TARBALL_BYTES, absent: STAGING_UNKNOWN }, (bytes) => bytes);
    },
    /** How far a version is on its way from upload to installation; undefined when the registry does not reveal it. */
    versionStatus: async (name: string, version: string) => {
      const path = `-/package/${escapeName(name)}/version/${encodeURIComponent(version)}/status`;
      return (await read(path, versionStatus, { absent: STAGING_UNKNOWN }))?.status;
    },
    /** Exchanges an identity token for a registry token that may publish the package; undefined when the registry refuses. */
    exchange: async (name: string, identityToken: string) => {
      const path = `-/npm/v1/oidc/token/exchange/package/${escapeName(name)}`;
      const call = { method: "POST", bearer: identityToken, absent: [400, 401, 403, 404] } as const;
      return (await read(path, exchanged, call))?.token;
    },
  };
}

/** Reads all pages of a package's staged versions, in the same way as npm's client. */
async function readStages(
  name: string,
  page: (path: string) => Promise<ReturnType<typeof stagePage> | undefined>,
): Promise<readonly StagedVersion[] | undefined> {
  const found: StagedVersion[] = [];
  for (let index = 0; index < MAX_STAGE_PAGES; index += 1) {
    const query = new URLSearchParams({ page: `${index}`, perPage: `${STAGES_PER_PAGE}`, package: name });
    const part = await page(`-/stage?${query}`);
    if (part === undefined) return undefined;
    // A registry that ignores the filter also lists other packages' staged versions.
    const own = part.items.filter(({ packageName }) => packageName === name);
    found.push(...own.map(({ id, version, tag, shasum }) => ({ id, version, tag, shasum })));
    if (part.items.length < STAGES_PER_PAGE) break;
  }
  return found;
}

/** The URL of a registry, with a slash at the end. Plain HTTP is accepted only for this machine. */
export function registryUrl(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const isLocal = url !== undefined && ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  if (
    url === undefined ||
    !(url.protocol === "https:" || (url.protocol === "http:" && isLocal)) ||
    url.username !== ""
  ) {
    throw new NpmError(`the registry is ${JSON.stringify(address)}, expected an address that begins with https://`);
  }
  return new URL(`${url.origin}${url.pathname.replace(/\/*$/, "/")}`);
}

function refusal(what: string, { status, headers }: HttpResponse, content: Buffer): Error {
  const said = excerpt(content.toString("utf8"));
  const message = `${what} answered ${status}${said && `: ${said}`}`;
  if (status === 429 || status >= 500 || status === 408) {
    return new TransientError(message, { retryAfterMs: retryAfter(headers) });
  }
  return new RefusedError(message, {
    status,
    advice: "Check the input `registry`, and the token's permissions there.",
  });
}

/** A response that is not JSON came from something in between, such as a proxy, so the next attempt may succeed. */
function decode<T>(content: Buffer, decoder: Decoder<T>, { origin, pathname }: URL): T {
  try {
    return decodeJson(content, decoder, { source: `the answer of ${origin}${pathname}`, maxBytes: MAX_DOCUMENT_BYTES });
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new TransientError(error.message, { cause: error, atMost: 3 });
  }
}

function toPackument(found: ReturnType<typeof packument>): Packument {
  const versions = [...found.versions].map(([version, { dist }]): [string, PublishedVersion] => [version, dist]);
  return { tags: found["dist-tags"], versions: new Map(versions) };
}
