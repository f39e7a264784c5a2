import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import type { Server as TlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** One request as a handler sees it. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** The `:name` and `*name` parts of the route, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A value is sent as JSON, a Buffer as it is. */
  readonly body?: unknown;
}

export type Handler = (request: Request) => Answer | Promise<Answer>;

/** `"GET /repos/:owner/:repo"`: `:name` is one segment, a trailing `*name` the rest of the path. */
export type Routes = Readonly<Record<string, Handler>>;

/** A handler throws this error to answer with something other than success. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly answer: Answer;

  constructor(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) {
    super(`${status} ${JSON.stringify(body)}`);
    this.answer = { status, body, headers };
  }
}

/** Finds the route of a request; undefined when there is none. */
export function router(
  routes: Routes,
): (method: string, path: string) => [Handler, Record<string, string>] | undefined {
  const table = Object.entries(routes).map(([route, handler]) => {
    const [method = "", pattern = ""] = route.split(" ");
    const source = pattern
      .replace(/\./g, "\\.")
      .replace(/:(\w+)/g, "(?<$1>[^/]+)")
      .replace(/\*(\w+)/g, "(?<$1>.*)");
    return { method, expression: new RegExp(`^${source}$`), handler };
  });
  return (method, path) => {
    for (const route of table) {
      const match = route.method === method ? route.expression.exec(path) : null;
      if (match === null) continue;
      const params = Object.entries(match.groups ?? {}).map(([key, value]) => [key, decodeURIComponent(value)]);
      return [route.handler, Object.fromEntries(params)];
    }
    return undefined;
  };
}

/** Serves on a free port of the loopback interface. */
export async function serve(
  handle: (request: Omit<Request, "params">) => Promise<Answer>,
): Promise<{ origin: string; close(): Promise<void> }> {
  const server = createServer((message, response) => {
    void answer(handle, message, response);
  });
  await listen(server);
  return { origin: originOf(server), close: () => closeServer(server) };
}

/** A server on the loopback interface, which closes with all its connections. */
export interface LocalServer extends AsyncDisposable {
  readonly origin: string;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts a server that answers with the function. */
export async function startServer(answer: RequestListener): Promise<LocalServer> {
  const server = createServer(answer);
  await listen(server);
  return { origin: originOf(server), [Symbol.asyncDispose]: () => closeServer(server) };
}

export async function listen(server: Server | TlsServer): Promise<void> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
}

export function originOf(server: Server): string {
  // A server that listens on TCP has an address of this type. Only pipes have a string.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export async function closeServer(server: Server | TlsServer): Promise<void> {
  if (!server.listening) return;
  server.closeAllConnections();
  server.close();
  await once(server, "close");
}

async function answer(
  handle: (request: Omit<Request, "params">) => Promise<Answer>,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const url = new URL(message.url ?? "/", "http://localhost");
    const body = await buffer(message);
    const request = { method: message.method ?? "GET", path: url.pathname, query: url.searchParams, body };
    send(message, response, await handle({ ...request, headers: message.headers }));
  } catch (error) {
    if (!response.headersSent) send(message, response, { status: 500, body: { message: String(error) } });
    else response.destroy();
  }
}

function send(message: IncomingMessage, response: ServerResponse, { status, headers = {}, body }: Answer): void {
  if (body === undefined || Buffer.isBuffer(body)) {
    response.writeHead(status, { "Content-Length": body?.length ?? 0, ...headers }).end(body);
    return;
  }
  const text = Buffer.from(JSON.stringify(body));
  const etag = `W/"${createHash("sha256").update(text).digest("hex")}"`;
  if (message.method === "GET" && status === 200 && message.headers["if-none-match"] === etag) {
    response.writeHead(304, { ...headers, ETag: etag }).end();
    return;
  }
  const type = { "Content-Type": "application/json; charset=utf-8", "Content-Length": text.length };
  response.writeHead(status, { ...type, ...(message.method === "GET" ? { ETag: etag } : {}), ...headers }).end(text);
}
