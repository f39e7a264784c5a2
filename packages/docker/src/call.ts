import { type Decoder, decodeJson } from "@release-actions/json";
import type { ApiVersion } from "./api-version.ts";
import type { Endpoint } from "./endpoint.ts";
import { EngineError } from "./fault.ts";
import { type Bytes, exchange, type HttpAnswer, type HttpCall } from "./transport.ts";

/** The size limit for an answer that is not a stream; real answers are far smaller. */
const MAX_ANSWER_BYTES = 16 << 20;

/** What a call needs to know about an engine. */
export interface Caller {
  readonly endpoint: Endpoint;
  readonly apiVersion: ApiVersion;
}

export interface ApiCall extends Omit<HttpCall, "path"> {
  /** The path after the version: `/images/load`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The current work, for messages: "loading the image". */
  readonly doing: string;
}

/**
 * Calls the engine's API.
 *
 * @throws EngineError with the engine's own message for a status of 400 or higher; otherwise as `exchange` does.
 */
export async function call(caller: Caller, apiCall: ApiCall): Promise<HttpAnswer> {
  const { path, query = {}, doing, ...rest } = apiCall;
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const item of value === undefined ? [] : [value].flat()) parameters.append(name, item);
  }
  const target = [`/v${caller.apiVersion}${path}`, ...(parameters.size > 0 ? [parameters] : [])].join("?");
  const answer = await exchange(caller.endpoint, { ...rest, path: target });
  if (answer.status < 400) return answer;
  throw new EngineError(doing, errorText(await collect(answer.body, doing)), { status: answer.status });
}

/** Calls the engine's API and decodes its JSON answer. */
export async function callJson<T>(caller: Caller, apiCall: ApiCall, decoder: Decoder<T>): Promise<T> {
  const answer = await call(caller, apiCall);
  const json = await collect(answer.body, apiCall.doing);
  return decodeJson(json, decoder, { source: `the engine's answer to ${apiCall.path}`, maxBytes: MAX_ANSWER_BYTES });
}

/** The part of a URL path that names an image: everything except slashes is percent-encoded. */
export function pathOf(image: string): string {
  return image.split("/").map(encodeURIComponent).join("/");
}

/**
 * Reads a whole body into memory.
 *
 * @throws EngineError when it exceeds the size limit
 */
export async function collect(body: Bytes, doing: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new EngineError(doing, `more than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The reason of an error. Engines write it in `message`, but a proxy in between may answer with any text. */
function errorText(body: Buffer): string {
  const text = body.toString("utf8").trim();
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && "message" in value) return String(value.message);
  } catch {
    // Not JSON: the text itself is the reason.
  }
  return text === "" ? "nothing" : text.slice(0, 500);
}
