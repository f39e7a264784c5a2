import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What the servers of a test answer is made up on the loopback interface: `afterEach(() => servers.close())`. */
export class LoopbackServers {
  readonly #servers: Server[] = [];

  /** Listens, and returns the server's URL, of which it may also be asked `host` or `origin`. */
  async start(listener: RequestListener): Promise<URL> {
    const server = createServer(listener).listen(0, "127.0.0.1");
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
