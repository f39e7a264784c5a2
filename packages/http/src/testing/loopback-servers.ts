import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

/** Handles a CONNECT request, as a proxy does (RFC 9110, section 9.3.6). */
type OnConnect = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** Starts test servers on the loopback interface. Close them with `afterEach(() => servers.close())`. */
export class LoopbackServers {
  readonly #servers: Server[] = [];

  /** Starts a server and returns its URL. */
  async start(listener: RequestListener, { connect }: { readonly connect?: OnConnect } = {}): Promise<URL> {
    const server = createServer(listener).listen(0, "127.0.0.1");
    if (connect !== undefined) server.on("connect", connect);
    this.#servers.push(server);
    await once(server, "listening");
    return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`); // A TCP server has an AddressInfo.
  }

  /** Stops all servers and closes their connections. */
  async close(): Promise<void> {
    for (const server of this.#servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }
}
