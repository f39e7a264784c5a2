import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { closeServer, listen, originOf } from "../../test/stand-in/http.ts";
import { Pace } from "../../test/stand-in/proxy/pace.ts";

/** The number of bytes that one connection gets before its speed is checked again. */
const PIECE = 256 * 1024;

export interface FarStorage extends AsyncDisposable {
  readonly origin: string;
}

export interface Distance {
  /** The limit for each connection. */
  readonly bytesPerSecond: number;
  /** Added to each request, and twice to the first request of a connection, which includes the handshake. */
  readonly latencyMs: number;
}

/**
 * Starts a server that simulates downloads from a distant storage. A real network does not use the runner's cores, so the
 * simulation must use few: it asks the storage for one byte of each signed URL, to verify the signature, and only once for
 * the content. A proxy and an emulator that handle every byte would use half of the machine and dominate the result.
 */
export async function startFarStorage(storage: string, distance: Distance): Promise<FarStorage> {
  const answers = new Map<string, Promise<Headers>>();
  const contents = new Map<string, Promise<Buffer>>();
  const paces = new WeakMap<Socket, Pace>();

  const answer = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const known = paces.get(message.socket);
    const pace = known ?? new Pace();
    paces.set(message.socket, pace);
    const target = new URL(message.url ?? "", storage);
    await sleep(known === undefined ? 2 * distance.latencyMs : distance.latencyMs);
    const headers = await once(answers, target.href, () => headersOf(target));
    const bytes = await once(contents, target.pathname, () => contentOf(target));
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(message.headers.range ?? "") ?? [];
    const start = Number(first ?? 0);
    const end = last === undefined ? bytes.length : Math.min(Number(last) + 1, bytes.length);
    const range = first === undefined ? {} : { "Content-Range": `bytes ${start}-${end - 1}/${bytes.length}` };
    const length = { "Content-Length": end - start };
    response.writeHead(first === undefined ? 200 : 206, { ...Object.fromEntries(headers), ...range, ...length });
    for (let at = start; at < end && !response.destroyed; at += PIECE) {
      const piece = bytes.subarray(at, Math.min(at + PIECE, end));
      await pace.spend(piece.length, distance.bytesPerSecond);
      if (!response.write(piece)) await room(response);
    }
    response.end();
  };

  const server = createServer((message, response) => {
    // On an error the connection is closed, so that the client notices.
    answer(message, response).catch(() => response.destroy());
  });
  await listen(server);
  return { origin: originOf(server), [Symbol.asyncDispose]: () => closeServer(server) };
}

/** The headers with which the storage answers this URL. */
async function headersOf(url: URL): Promise<Headers> {
  const { headers } = await get(url, { Range: "bytes=0-0" });
  const kept = ["content-type", "content-disposition", "etag", "last-modified"];
  return new Headers(kept.flatMap((name) => (headers.has(name) ? [[name, headers.get(name) ?? ""]] : [])));
}

async function contentOf(url: URL): Promise<Buffer> {
  return Buffer.from(await (await get(url)).arrayBuffer());
}

async function get(url: URL, headers: Record<string, string> = {}): Promise<Response> {
  const response = await fetch(url, { headers });
  if (!response.ok) throw new Error(`the storage answered ${response.status} to ${url.pathname}`);
  return response;
}

function once<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}

async function room(response: ServerResponse): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      response.off("drain", done).off("close", done);
      resolve();
    };
    response.on("drain", done).on("close", done);
  });
}
