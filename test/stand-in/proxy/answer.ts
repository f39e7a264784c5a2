import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { PassThrough, pipeline } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { createGzip } from "node:zlib";
import { find, type NetworkFault } from "./faults.ts";
import { type Pace, paced } from "./pace.ts";

/** Sends the status and the headers, and returns the status. */
export function writeHead(
  response: ServerResponse,
  upstream: IncomingMessage,
  faults: readonly NetworkFault[],
): number {
  const headers: Record<string, string | string[] | undefined> = { ...upstream.headers };
  delete headers["connection"];
  delete headers["keep-alive"];
  const length = find(faults, "no-length");
  if (find(faults, "no-ranges") !== undefined) delete headers["accept-ranges"];
  if (length !== undefined || find(faults, "gzip") !== undefined) delete headers["content-length"];
  if (length?.framing === "close") {
    delete headers["transfer-encoding"];
    response.removeHeader("transfer-encoding");
    response.shouldKeepAlive = false;
    response.useChunkedEncodingByDefault = false;
  }
  if (find(faults, "gzip") !== undefined) headers["content-encoding"] = "gzip";
  if (find(faults, "empty") !== undefined) headers["content-length"] = "0";
  for (const [name, value] of Object.entries(find(faults, "headers")?.set ?? {})) headers[name.toLowerCase()] = value;
  const status = find(faults, "status")?.status ?? upstream.statusCode ?? 502;
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) response.setHeader(name, value);
  response.writeHead(status);
  return status;
}

/** Sends the body with its faults, at the pace of the connection. */
export async function relay(
  upstream: IncomingMessage,
  response: ServerResponse,
  how: {
    readonly faults: readonly NetworkFault[];
    /** Counts the bytes sent to the client. */
    readonly passage: { sent: number };
    readonly pace: Pace;
    readonly rate: () => number;
  },
): Promise<void> {
  const { faults, passage } = how;
  const gzip = find(faults, "gzip") === undefined ? new PassThrough() : createGzip();
  const body = pipeline(upstream, gzip, () => undefined);
  const [reset, cut, stall] = [find(faults, "reset")?.after, find(faults, "cut")?.after, find(faults, "stall")?.after];
  const end = Math.min(
    reset ?? Number.POSITIVE_INFINITY,
    cut ?? Number.POSITIVE_INFINITY,
    stall ?? Number.POSITIVE_INFINITY,
  );
  const flip = find(faults, "flip")?.at;
  for await (const whole of paced(body, how.pace, how.rate)) {
    const piece = whole.subarray(0, Math.max(0, end - passage.sent));
    const at = (flip ?? -1) - passage.sent;
    if (at >= 0 && at < piece.length) piece[at] = (piece[at] ?? 0) ^ 1;
    passage.sent += piece.length;
    if (!response.write(piece)) await drained(response);
    if (passage.sent < end) continue;
    // Wait until the sent bytes have arrived, so that the fault is at the right byte.
    await sleep(10);
    if (reset === end) resetNow(response.socket);
    else if (cut === end) response.socket?.end();
    return;
  }
  response.end();
}

export function resetNow(socket: Socket | null): void {
  socket?.resetAndDestroy();
}

async function drained(response: ServerResponse): Promise<void> {
  const waited = new AbortController();
  const gone = once(response, "close", { signal: waited.signal }).then(() => {
    throw new Error("the client has gone");
  });
  try {
    await Promise.race([once(response, "drain", { signal: waited.signal }), gone]);
  } finally {
    gone.catch(() => undefined);
    waited.abort();
  }
}
