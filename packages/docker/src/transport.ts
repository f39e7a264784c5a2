import { readFileSync } from "node:fs";
import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { type Endpoint, formatEndpoint, type TlsFiles } from "./endpoint.ts";
import { EngineConnectionLost } from "./fault.ts";

export type Bytes = AsyncIterable<Uint8Array>;

export interface HttpCall {
  readonly method: "GET" | "HEAD" | "POST" | "DELETE";
  /** The path with the query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Bytes | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The body. Reading to the end and stopping early both close the connection. Throws as `exchange` does. */
  readonly body: Bytes;
}

/**
 * One HTTP exchange on its own connection, so that an engine that restarts leaves no dead connection in a pool.
 * Resolves when the head of the answer arrives; the request body may still be in transfer.
 *
 * @throws the error of the request body when reading it fails, the signal's reason when it aborts, and
 * `EngineConnectionLost` (with the system's error as cause) when the connection fails.
 */
export async function exchange(endpoint: Endpoint, call: HttpCall): Promise<HttpAnswer> {
  call.signal?.throwIfAborted();
  const request = open(endpoint, call);
  let bodyError: { error: unknown } | undefined;
  const explain = (cause: Error): unknown => {
    if (call.signal?.aborted) return call.signal.reason;
    return bodyError === undefined ? lost(endpoint, cause) : bodyError.error;
  };
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    // This listener stays after the answer has begun; later errors then also surface in the answer's body.
    request.on("error", (cause) => reject(explain(cause))).once("response", resolve);
  });
  void send(request, call.body).catch((error: unknown) => {
    bodyError = { error };
    request.destroy(new Error("reading the request body failed"));
  });
  const response = await answered;
  return { status: response.statusCode ?? 0, headers: response.headers, body: read(response, explain) };
}

async function* read(response: IncomingMessage, explain: (cause: Error) => unknown): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of response) yield chunk as Buffer; // No encoding was set.
  } catch (cause) {
    throw explain(cause as Error); // Streams are destroyed with errors only.
  }
}

function open(endpoint: Endpoint, call: HttpCall): ClientRequest {
  const { method, path, signal } = call;
  const common = { method, path, agent: false as const, ...(signal && { signal }) };
  if (endpoint.kind === "socket") {
    // An engine requires a Host header, but accepts any value.
    return requestHttp({ ...common, socketPath: endpoint.path, headers: { host: "docker", ...call.headers } });
  }
  const { host, port, tls } = endpoint;
  if (tls === undefined) return requestHttp({ ...common, host, port, headers: call.headers });
  return requestHttps({ ...common, host, port, headers: call.headers, ...readTlsFiles(tls) });
}

function readTlsFiles(tls: TlsFiles): object {
  const files = Object.entries({ ca: tls.ca, cert: tls.cert, key: tls.key });
  const contents = files.flatMap(([name, file]) => (file === undefined ? [] : [[name, readFileSync(file)]]));
  return { ...Object.fromEntries(contents), rejectUnauthorized: tls.verify };
}

/** Throws only errors of reading the body; `exchange` handles connection errors. */
async function send(request: ClientRequest, body: string | Bytes | undefined): Promise<void> {
  if (typeof body !== "object") {
    request.end(body);
    return;
  }
  let refused = false;
  request.once("response", (response) => {
    refused = (response.statusCode ?? 0) >= 400;
  });
  for await (const chunk of body) {
    if (request.destroyed) return;
    // After an error status the engine does not read the rest of the body, so sending stops and the answer is read.
    if (refused) break;
    if (!request.write(chunk)) await drained(request);
  }
  request.end();
}

/** Resolves when more can be written or the connection is closed. */
function drained(request: ClientRequest): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      request.off("drain", done).off("close", done);
      resolve();
    };
    request.on("drain", done).on("close", done);
  });
}

function lost(endpoint: Endpoint, cause: Error): EngineConnectionLost {
  // For a host with several addresses the error is a collection of errors that has a code but no message.
  const why = cause.message || ("code" in cause ? String(cause.code) : cause.name);
  return new EngineConnectionLost(`the connection to the engine at ${formatEndpoint(endpoint)} failed: ${why}`, {
    cause,
  });
}
