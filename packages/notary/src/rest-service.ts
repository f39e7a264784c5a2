import type { FetchInit } from "@release-actions/http";
import type { ApiKey } from "./api-key.ts";
import { NotaryError, NotaryHttpError } from "./error.ts";
import { type HttpAnswer, request, type World } from "./http.ts";
import { asList, asObject, asString, type JsonObject, parseJson } from "./json.ts";
import { parseLog } from "./log.ts";
import { adviceForRefusal, CHECK_KEY } from "./refusals.ts";
import { type NotaryService, parseStatus, readListed } from "./service.ts";
import { TokenSource } from "./token.ts";
import { type UploadTarget, uploadToS3 } from "./upload.ts";

export const APPLE_API = "https://appstoreconnect.apple.com";

/** If the clock differs by more than this, Apple refuses every token. */
const MAX_CLOCK_SKEW_MS = 60_000;

export interface RestOptions {
  readonly key: ApiKey;
  readonly world: World;
  readonly apiUrl: string;
  /** The URL of S3. Default: Amazon's. */
  readonly s3Url?: string | undefined;
}

/** The notary service through its REST API (https://developer.apple.com/documentation/notaryapi). */
export function restService({ key, world, apiUrl, s3Url }: RestOptions): NotaryService {
  const base = requireSafeOrigin(apiUrl);
  let tokens = new TokenSource(key);

  const call = async (path: string, body?: object): Promise<unknown> => {
    const url = new URL(`/notary/v2/submissions${path}`, base);
    const init = (): FetchInit => ({
      method: body === undefined ? "GET" : "POST",
      headers: {
        Authorization: `Bearer ${tokens.get()}`,
        Accept: "application/json",
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    let answer = await request(world, url, init);
    if (answer.status === 401) {
      // The token may have expired meanwhile. If a new one is refused too, the key is the cause.
      tokens = new TokenSource(key);
      answer = await request(world, url, init);
    }
    if (answer.status !== 200) throw refusal(answer);
    return parseJson(answer.text, `the answer of Apple's notary API (HTTP 200, ${contentType(answer)})`);
  };

  return {
    name: base.origin === APPLE_API ? "Apple's notary API" : base.origin,
    submit: async (file, name, sha256) => {
      const { id, target } = parseSubmission(await call("", { submissionName: name, sha256, notifications: [] }));
      return { id, upload: () => uploadToS3(file, target, { endpoint: s3Url, world }) };
    },
    list: async () => {
      const data = asObject(await call(""), "Apple's answer")["data"];
      return asList(data, "`data` in Apple's answer").map((entry) => {
        const { id, attributes } = asObject(entry, "a submission in Apple's answer");
        return readListed({ ...asObject(attributes, "the attributes of a submission"), id });
      });
    },
    status: async (id) => {
      const { attributes } = dataOf(await call(`/${encodeURIComponent(id)}`));
      return parseStatus(asString(attributes["status"], "the status of the submission"));
    },
    log: async (id) => {
      const { attributes } = dataOf(await call(`/${encodeURIComponent(id)}/logs`));
      const url = requireSafeOrigin(asString(attributes["developerLogUrl"], "the URL of the log"));
      // The URL is signed, so it needs no token.
      const answer = await request(world, url, () => ({ method: "GET" }));
      if (answer.status !== 200) throw refusal(answer);
      return parseLog(parseJson(answer.text, "the notarization log"));
    },
  };
}

/**
 * Credentials may be sent only with TLS or to this machine.
 *
 * @throws NotaryError for other URLs
 */
function requireSafeOrigin(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLoopback = url?.protocol === "http:" && ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname);
  if (url === undefined || (url.protocol !== "https:" && !isLoopback)) {
    throw new NotaryError(`"${text.split("?")[0]}" is not an https URL`);
  }
  return url;
}

function dataOf(answer: unknown): { readonly id: unknown; readonly attributes: JsonObject } {
  const data = asObject(asObject(answer, "Apple's answer")["data"], "`data` in Apple's answer");
  return { id: data["id"], attributes: asObject(data["attributes"], "`attributes` in Apple's answer") };
}

function parseSubmission(answer: unknown): { id: string; target: UploadTarget } {
  const { id, attributes } = dataOf(answer);
  const field = (name: string): string => asString(attributes[name], `\`${name}\` in Apple's answer`);
  return {
    id: asString(id, "the id of the submission"),
    target: {
      bucket: field("bucket"),
      key: field("object"),
      accessKeyId: field("awsAccessKeyId"),
      secretAccessKey: field("awsSecretAccessKey"),
      sessionToken: field("awsSessionToken"),
    },
  };
}

/** The error for a refused request, with the text of Apple's error object if there is one. */
function refusal(answer: HttpAnswer): NotaryHttpError {
  const { status, headers, text } = answer;
  const said = errorDetail(text);
  const message = `Apple's notary API answered HTTP ${status}${said === "" ? ` (${contentType(answer)})` : `: ${said}`}`;
  if (status === 401) {
    const skew = Date.now() - Date.parse(headers.get("date") ?? "");
    if (Math.abs(skew) > MAX_CLOCK_SKEW_MS) {
      const by = `${Math.round(Math.abs(skew) / 60_000)} min ${skew > 0 ? "ahead of" : "behind"} Apple's`;
      return new NotaryHttpError(status, `${message}\nThis machine's clock is ${by}`, "Set the clock of the runner.");
    }
    return new NotaryHttpError(status, message, CHECK_KEY);
  }
  return new NotaryHttpError(status, message, status === 403 ? adviceForRefusal(said) : undefined);
}

/** The largest number of characters of Apple's text that is shown. */
const MAX_DETAIL = 500;

/**
 * The title and detail of the first error in the documented form ("ErrorResponse"). Other answers are not shown, since
 * the answer to a submission contains upload credentials.
 */
function errorDetail(text: string): string {
  try {
    const [first] = asObject(JSON.parse(text), "an error")["errors"] as unknown[];
    const { title, detail } = asObject(first, "an error");
    return [title, detail]
      .filter((part) => typeof part === "string")
      .join(": ")
      .slice(0, MAX_DETAIL);
  } catch {
    return ""; // Not the documented form: the message then has the status and the content type.
  }
}

function contentType({ headers }: HttpAnswer): string {
  return headers.get("content-type")?.split(";")[0]?.trim() || "no content type";
}
