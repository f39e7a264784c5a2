import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { buffer } from "node:stream/consumers";
import type { Endpoint } from "../endpoint.ts";

/** Handles one request of a scripted engine: writes the answer, or breaks the connection. */
export type Reply = (response: ServerResponse, request: IncomingMessage) => void | Promise<void>;

export interface ScriptedEngine extends AsyncDisposable {
  readonly endpoint: Endpoint & { readonly kind: "socket" };
  /** The method, path and query of each request, without the API version. */
  readonly requests: readonly string[];
  /** Simulates a daemon restart: breaks every connection and listens again after this number of milliseconds. */
  restart(downMs: number): Promise<void>;
}

/**
 * Starts an engine on a real unix socket. It answers each `METHOD /path` with its replies in order and repeats the last
 * one. Ping, version and info have built-in replies.
 */
export async function startScriptedEngine(
  script: Readonly<Record<string, Reply | readonly Reply[]>>,
): Promise<ScriptedEngine> {
  const folder = await mkdtemp(path.join(tmpdir(), "engine-"));
  const socketPath = path.join(folder, "docker.sock");
  const replies = new Map(Object.entries({ ...ITSELF, ...script }).map(([key, reply]) => [key, [reply].flat()]));
  const requests: string[] = [];
  const listen = async (): Promise<Server> => {
    const server = createServer((request, response) => {
      const url = (request.url ?? "").replace(/^\/v1\.\d+/, "");
      requests.push(`${request.method} ${decodeURIComponent(url)}`);
      const queue = replies.get(`${request.method} ${decodeURIComponent(url.split("?")[0] ?? "")}`) ?? [notFound];
      const reply = queue.length > 1 ? queue.shift() : queue[0];
      // A reply that breaks the connection may fail itself.
      void Promise.resolve(reply?.(response, request)).catch(() => response.destroy());
    });
    await new Promise<void>((resolve) => server.listen(socketPath, resolve));
    return server;
  };
  let server = await listen();
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return {
    endpoint: { kind: "socket", path: socketPath },
    requests,
    restart: async (downMs) => {
      await stop();
      await new Promise((resolve) => setTimeout(resolve, downMs));
      server = await listen();
    },
    [Symbol.asyncDispose]: async () => {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A complete answer; a body that is not a string is sent as JSON. */
export function reply(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return async (response, request) => {
    await buffer(request);
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };
}

/** The messages of a long-running call, sent in the given pieces with status 200. */
export function stream(...pieces: readonly string[]): Reply {
  return async (response, request) => {
    await buffer(request);
    response.writeHead(200, { "content-type": "application/json" });
    for (const piece of pieces) {
      response.write(piece);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    response.end();
  };
}

const notFound = reply(404, { message: "page not found" });

const ITSELF: Readonly<Record<string, Reply>> = {
  "GET /_ping": reply(200, "OK", { "api-version": "1.47" }),
  "GET /version": reply(200, { Version: "27.0.0", Os: "linux", Arch: "amd64", Components: [{ Name: "Engine" }] }),
  "GET /info": reply(200, {
    Driver: "overlay2",
    DriverStatus: [["Backing Filesystem", "extfs"]],
    DockerRootDir: "/data",
  }),
};
