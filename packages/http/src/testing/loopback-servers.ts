import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

/** Answers a client that wants a tunnel, as a proxy does (RFC 9110 section 9.3.6). */
type OnConnect = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** What the servers of a test answer is made up on the loopback interface: `afterEach(() => servers.close())`. */
export class LoopbackServers {
  readonly #servers: Server[] = [];

  /** Listens, and returns the server's URL, of which it may also be asked `host` or `origin`. */
  async start(listener: RequestListener, { connect }: { readonly connect?: OnConnect } = {}): Promise<URL> {
    const server = createServer(listener).listen(0, "127.0.0.1");
    if (connect !== undefined) server.on("connect", connect);
    this.#servers.push(server);
    await once(server, "listening");
    return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`); // A server on TCP.
  }

  /** Ends them all, with the connections they have. */
  async close(): Promise<void> {
    for (const server of this.#servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }
}
