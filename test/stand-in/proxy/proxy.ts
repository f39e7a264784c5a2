import { createServer, Agent as HttpAgent, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { pipeline } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { closeServer, listen, originOf } from "../http.ts";
import { relay, resetNow, writeHead } from "./answer.ts";
import { find, type NetworkFault } from "./faults.ts";
import { Pace, paced } from "./pace.ts";
import { type ProxiedRequest, type Rule, type RulePattern, Rules } from "./rules.ts";

export interface Limits {
  /** The rate per connection and direction. */
  bytesPerSecond: number;
  /** A delay of each request. The first request of a connection has it twice, as with a handshake. */
  latencyMs: number;
}

/** The facts about one request that tests use. */
export interface Passage extends ProxiedRequest {
  /** The number of the connection, from 1. */
  readonly connection: number;
  /** The kinds of faults that the request met. */
  readonly faults: readonly string[];
  status: number | undefined;
  /** Bytes of the body that were sent to the client. */
  sent: number;
}

/** An HTTP proxy in front of one server, on the loopback interface, with limits and faults on request. */
export interface FaultProxy {
  readonly origin: string;
  readonly limits: Limits;
  /** Every request so far, oldest first. */
  readonly passages: Passage[];
  /** The most requests that were under way at one time. */
  readonly peakRequests: number;
  /** Called with each request when it arrives, before a fault is applied or it is passed on. */
  onRequest: ((request: ProxiedRequest) => void) | undefined;
  inject(pattern: RulePattern, ...faults: NetworkFault[]): Rule;
  /** Removes rules, limits and the list of requests. */
  reset(): void;
  close(): Promise<void>;
}

export async function startProxy(target: string): Promise<FaultProxy> {
  const agent = new HttpAgent({ keepAlive: true });
  const rules = new Rules();
  const limits: Limits = { bytesPerSecond: Number.POSITIVE_INFINITY, latencyMs: 0 };
  const passages: Passage[] = [];
  const connections = new Map<Socket, { readonly number: number; readonly pace: Pace; used: boolean }>();
  let opened = 0;
  let underWay = 0;
  let peak = 0;

  const server = createServer((message, response) => {
    underWay += 1;
    peak = Math.max(peak, underWay);
    response.on("close", () => {
      underWay -= 1;
    });
    // An error here is a failed connection, so the client gets a failed connection, too.
    forward(message, response).catch(() => response.socket?.destroy());
  });
  server.on("connection", (socket) => {
    opened += 1;
    connections.set(socket, { number: opened, pace: new Pace(), used: false });
    socket.on("close", () => connections.delete(socket)).on("error", () => undefined);
  });

  async function forward(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const connection = connections.get(message.socket);
    if (connection === undefined) return;
    const seen: ProxiedRequest = { method: message.method ?? "", url: message.url ?? "", headers: message.headers };
    const faults = rules.faultsFor(seen);
    const passage: Passage = {
      ...seen,
      connection: connection.number,
      faults: faults.map(({ kind }) => kind),
      status: undefined,
      sent: 0,
    };
    passages.push(passage);
    proxy.onRequest?.(seen);
    await sleep(connection.used ? limits.latencyMs : limits.latencyMs * 2);
    connection.used = true;
    const rate = (): number =>
      Math.min(limits.bytesPerSecond, find(faults, "drip")?.bytesPerSecond ?? Number.POSITIVE_INFINITY);

    const reset = find(faults, "reset");
    if (reset !== undefined && reset.after === undefined) return resetNow(message.socket);
    const stall = find(faults, "stall");
    if (stall !== undefined && stall.after === undefined) return;
    const own = find(faults, "answer") ?? redirectTo(seen.url, find(faults, "redirect")?.to);
    if (own !== undefined) {
      message.resume();
      passage.status = own.status;
      const body = Buffer.from(own.body ?? "");
      passage.sent = body.length;
      response.writeHead(own.status, { "Content-Length": body.length, ...own.headers }).end(body);
      return;
    }
    const upstream = await send(
      message,
      faults,
      paced(message, connection.pace, () => limits.bytesPerSecond),
    );
    if (find(faults, "lost-answer") !== undefined) {
      upstream.resume();
      return resetNow(message.socket);
    }
    passage.status = writeHead(response, upstream, faults);
    if (message.method === "HEAD" || find(faults, "empty") !== undefined) {
      upstream.resume();
      response.end();
      return;
    }
    response.flushHeaders();
    response.on("close", () => upstream.destroy());
    await relay(upstream, response, { faults, passage, pace: connection.pace, rate });
  }

  function send(
    message: IncomingMessage,
    faults: readonly NetworkFault[],
    body: AsyncIterable<Buffer>,
  ): Promise<IncomingMessage> {
    const headers = { ...message.headers, host: new URL(target).host };
    if (find(faults, "no-ranges") !== undefined) delete headers["range"];
    return new Promise((resolve, reject) => {
      const outgoing = request(`${target}${message.url}`, { method: message.method, headers, agent });
      outgoing.on("response", resolve).on("error", reject);
      message.on("error", (error) => outgoing.destroy(error));
      pipeline(body, outgoing, (error) => {
        if (error) reject(error);
      });
    });
  }

  await listen(server);
  const proxy: FaultProxy = {
    origin: originOf(server),
    limits,
    passages,
    get peakRequests() {
      return peak;
    },
    onRequest: undefined,
    inject: (pattern, ...faults) => rules.add(pattern, faults),
    reset: () => {
      rules.clear();
      Object.assign(limits, { bytesPerSecond: Number.POSITIVE_INFINITY, latencyMs: 0 });
      passages.length = 0;
      peak = 0;
      proxy.onRequest = undefined;
    },
    close: async () => {
      await closeServer(server);
      agent.destroy();
    },
  };
  return proxy;
}

function redirectTo(
  url: string,
  to: "relative" | URL | undefined,
): Extract<NetworkFault, { kind: "answer" }> | undefined {
  if (to === undefined) return undefined;
  return { kind: "answer", status: 302, headers: { Location: to === "relative" ? url : `${to.origin}${url}` } };
}
