import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import type { OwnEngine } from "../../../scripts/docker-engine.ts";

export interface EngineFront extends AsyncDisposable {
  /** The address, in the form of `DOCKER_HOST`. */
  readonly host: string;
}

/** Answers some requests to an engine in its place. Returns undefined for requests that the engine should answer. */
export type Answer = (method: string, path: string, real: () => Promise<string>) => Promise<Reply> | undefined;

export interface Reply {
  readonly status: number;
  readonly body: string;
}

/** A real engine behind our socket, which answers like an engine on another machine or with another disk. */
export async function startEngineFront(engine: OwnEngine, answer: Answer): Promise<EngineFront> {
  const folder = await mkdtemp(path.join(tmpdir(), "engine-front-"));
  const socketPath = engine.host.replace(/^unix:\/\//, "");
  const forward = (message: IncomingMessage): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const { method, url, headers } = message;
      const upstream = request({ socketPath, method, path: url, headers }, resolve).on("error", reject);
      message.pipe(upstream);
    });
  const handle = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const call = new URL(message.url ?? "", "http://engine").pathname.replace(/^\/v1\.\d+/, "");
    const own = await answer(message.method ?? "", call, async () => await text(await forward(message)));
    if (own !== undefined) {
      message.resume();
      response.writeHead(own.status, { "Content-Type": "application/json" }).end(own.body);
      return;
    }
    const upstream = await forward(message);
    response.writeHead(upstream.statusCode ?? 500, upstream.headers);
    await pipeline(upstream, response);
  };
  const server = createServer((message, response) => {
    // A broken connection tells the client that the request failed.
    handle(message, response).catch(() => response.destroy());
  });
  const socket = path.join(folder, "docker.sock");
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return {
    host: `unix://${socket}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
}

/** An engine that cannot reach the runner's loopback address, because it is on another or a virtual machine. */
export const elsewhere: Answer = (method, call) =>
  method === "POST" && /\/images\/(create|pull)$/.test(call)
    ? Promise.resolve({ status: 500, body: '{"message":"dial tcp 127.0.0.1: connect: connection refused"}' })
    : undefined;

/** An engine whose images are in another folder of this machine. */
export const keepingImagesIn =
  (folder: string): Answer =>
  (_method, call, real) =>
    call === "/info"
      ? real().then((said) => ({
          status: 200,
          body: said.replace(/"DockerRootDir":"[^"]*"/, `"DockerRootDir":"${folder}"`),
        }))
      : undefined;
