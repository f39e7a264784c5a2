import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { closeServer, listen, originOf } from "../../test/stand-in/http.ts";
import { Pace } from "../../test/stand-in/proxy/pace.ts";

/** What one connection is given between two looks at the clock. */
const PIECE = 256 * 1024;

export interface FarStorage extends AsyncDisposable {
  readonly origin: string;
}

export interface Distance {
  /** Per connection. */
  readonly bytesPerSecond: number;
  /** A delay of each request. The first request of a connection has it twice, as with a handshake. */
  readonly latencyMs: number;
}

/**
 * Downloads from a storage as a runner far from it sees them. A real network costs the runner no cores, so
 * what plays it must cost few: the storage is asked about each signed URL for one byte, which is its word on the
 * signature, and for the content once. With a proxy and an emulator that handle every byte, the two took half of
 * the machine, and were measured more than what they stand for.
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
    // An error here is a failed connection, so the client gets a failed connection, too.
    answer(message, response).catch(() => response.destroy());
  });
  await listen(server);
  return { origin: originOf(server), [Symbol.asyncDispose]: () => closeServer(server) };
}

/** The storage's answer to whoever has this URL. */
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
