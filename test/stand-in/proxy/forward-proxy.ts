import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect } from "node:net";
import type { Duplex } from "node:stream";
import { closeServer, listen, originOf } from "../http.ts";

/** A proxy like those that companies have between runners and the internet: the only way to the hosts that it knows. */
export interface ForwardProxy {
  readonly origin: string;
  /** The requested hosts in order, one entry per connection or request. */
  readonly hosts: string[];
  close(): Promise<void>;
}

export interface ForwardProxyOptions {
  /** PEM of a certificate for all hosts. With it, the proxy decrypts connections to port 443 and passes them on as HTTP. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** @param origins the real origins of the servers, by the host names that clients use, or by `name/path`. */
export async function startForwardProxy(
  origins: Readonly<Record<string, string>>,
  { tls }: ForwardProxyOptions = {},
): Promise<ForwardProxy> {
  const hosts: string[] = [];
  const places = Object.entries(origins).sort(([one], [other]) => other.length - one.length);
  const find = (host: string, path = ""): URL | undefined => {
    hosts.push(host);
    const [, origin] = places.find(([place]) => place === host || `${host}${path}`.startsWith(`${place}/`)) ?? [];
    return origin === undefined ? undefined : new URL(origin);
  };

  const forward = (message: IncomingMessage, response: ServerResponse): void => {
    // Requests through a tunnel contain only a path, and the host in a header.
    const wanted = new URL(message.url ?? "", `http://${message.headers.host}`);
    const origin = find(wanted.hostname, wanted.pathname);
    if (origin === undefined) {
      response.writeHead(502).end();
      return;
    }
    const { method } = message;
    // Servers behind the proxy distinguish accounts by the host, so this must be their own host, not the proxy's name for it.
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
    const [, host = "", port] = /^(.*):(\d+)$/.exec(message.url ?? "") ?? [];
    if (find(host) === undefined) {
      socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
      return;
    }
    // Connect back to this server, which decides for each request where it goes.
    const behind = port === "443" && inspecting !== undefined ? inspecting : server;
    // A server that listens on TCP has an address of this type.
    const upstream = connect((behind.address() as AddressInfo).port, "127.0.0.1", () => {
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
  const inspecting = tls === undefined ? undefined : createTlsServer(tls, forward);
  server.on("connect", tunnel);
  for (const each of [server, ...(inspecting === undefined ? [] : [inspecting])]) await listen(each);
  return {
    origin: originOf(server),
    hosts,
    close: async () => {
      await closeServer(server);
      if (inspecting !== undefined) await closeServer(inspecting);
    },
  };
}
