import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { closeServer, listen, originOf } from "../http.ts";

/** A proxy as companies have one between runners and the internet: the only way to the hosts that it knows. */
export interface ForwardProxy {
  readonly origin: string;
  /** The hosts that were asked for, in order, each as often as a connection or a request was made. */
  readonly hosts: string[];
  close(): Promise<void>;
}

/** @param origins where the servers really are, by the names under which clients know them. */
export async function startForwardProxy(origins: Readonly<Record<string, string>>): Promise<ForwardProxy> {
  const hosts: string[] = [];
  const find = (host: string): URL | undefined => {
    hosts.push(host);
    const origin = origins[host];
    return origin === undefined ? undefined : new URL(origin);
  };

  const forward = (message: IncomingMessage, response: ServerResponse): void => {
    // What comes through a tunnel has a path alone, and its host in a header.
    const wanted = new URL(message.url ?? "", `http://${message.headers.host}`);
    const origin = find(wanted.hostname);
    if (origin === undefined) {
      response.writeHead(502).end();
      return;
    }
    const { method } = message;
    // The servers behind it tell accounts by the host, which is theirs and not the name that only the proxy knows.
    const headers = { ...message.headers, host: origin.host };
    const target = new URL(`${wanted.pathname}${wanted.search}`, origin);
    const outgoing = request(target, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    outgoing.on("error", () => response.destroy());
    message.pipe(outgoing);
  };

  const tunnel = (message: IncomingMessage, socket: Duplex): void => {
    if (find((message.url ?? "").replace(/:\d+$/, "")) === undefined) {
      socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
      return;
    }
    // Back to this server, which says of each request where it goes.
    const upstream = connect(Number(new URL(originOf(server)).port), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      upstream.pipe(socket).pipe(upstream);
    });
    for (const [one, other] of [
      [upstream, socket],
      [socket, upstream],
    ] as const)
      one.on("error", () => other.destroy()).on("close", () => other.destroy());
  };

  const server = createServer(forward);
  server.on("connect", tunnel);
  await listen(server);
  return { origin: originOf(server), hosts, close: () => closeServer(server) };
}
