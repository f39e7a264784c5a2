import { spawn } from "node:child_process";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** The path of git's HTTP server on Debian, Ubuntu and the runners' images. */
const BACKEND = "/usr/lib/git-core/git-http-backend";

export interface GitServer {
  /** `http://127.0.0.1:<port>`. The path in a URL is the repository's path below the folder. */
  readonly origin: string;
  /** The requests so far: method, path and status. */
  readonly log: readonly string[];
  /** Called before each request is answered. */
  onRequest: (() => void) | undefined;
  /** Makes the server answer the next requests with this status. */
  failNext(status: number, times: number): void;
  close(): Promise<void>;
}

/** For tests: serves repositories with real git over HTTP (git-http-backend) and asks for a password as GitHub does. */
export async function serveGit(folder: string, token: string): Promise<GitServer> {
  const expected = `Basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`;
  const log: string[] = [];
  const failures: number[] = [];
  const result: GitServer & { origin: string } = {
    origin: "",
    log,
    onRequest: undefined,
    failNext: (status, times) => void failures.push(...Array.from({ length: times }, () => status)),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  const server = createServer((request, response) => {
    result.onRequest?.();
    const failure = failures.shift();
    const status = failure ?? (request.headers.authorization === expected ? 200 : 401);
    log.push(`${request.method} ${request.url} ${status}`);
    if (status === 200) runBackend(folder, request, response);
    else response.writeHead(status, status === 401 ? { "www-authenticate": 'Basic realm="git"' } : {}).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  result.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return result;
}

/** Runs the backend by CGI (RFC 3875): headers are variables, the body is standard input. */
function runBackend(folder: string, request: IncomingMessage, response: ServerResponse): void {
  const [pathInfo = "", query = ""] = (request.url ?? "").split("?");
  const child = spawn(BACKEND, [], {
    env: {
      PATH: process.env["PATH"],
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: "1",
      REMOTE_USER: "x-access-token",
      REQUEST_METHOD: request.method,
      PATH_INFO: pathInfo,
      QUERY_STRING: query,
      CONTENT_TYPE: request.headers["content-type"] ?? "",
      HTTP_CONTENT_ENCODING: String(request.headers["content-encoding"] ?? ""),
      HTTP_GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
    },
  });
  request.pipe(child.stdin);
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.on("close", () => {
    const output = Buffer.concat(chunks);
    const split = output.indexOf("\r\n\r\n");
    const headers = output
      .subarray(0, split)
      .toString("latin1")
      .split("\r\n")
      .map((line) => /^([^:]+):\s*(.*)$/.exec(line))
      .filter((match) => match !== null);
    const status = headers.find(([, name]) => name?.toLowerCase() === "status")?.[2] ?? "200";
    response.statusCode = Number.parseInt(status, 10);
    for (const [, name = "", value = ""] of headers) {
      if (name.toLowerCase() !== "status") response.setHeader(name, value);
    }
    response.end(output.subarray(split + 4));
  });
}
