import { spawn } from "node:child_process";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Where Debian, Ubuntu and the runners' images have git's own server. */
const BACKEND = "/usr/lib/git-core/git-http-backend";

export interface GitServer {
  /** `http://127.0.0.1:<port>`; repositories are at their path below the folder. */
  readonly origin: string;
  /** The requests so far: method, path, and whether they were let in. */
  readonly log: readonly string[];
  /** Is told of every request before it is answered. */
  onRequest: (() => void) | undefined;
  /** Answers the next requests with this status instead. */
  failNext(status: number, times: number): void;
  close(): Promise<void>;
}

/** For tests: real git over HTTP (git-http-backend), behind a password as on GitHub. */
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

/** Speaks CGI (RFC 3875) with the backend: headers in variables, body on standard input. */
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
