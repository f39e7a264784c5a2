import { Fault } from "@release-actions/report";

export interface TlsFiles {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Whether the server's certificate is checked. */
  readonly verify: boolean;
}

/** The address at which an engine's API listens. */
export type Endpoint =
  | { readonly kind: "socket"; readonly path: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number; readonly tls: TlsFiles | undefined };

const PLAIN_PORT = 2375;
const TLS_PORT = 2376;

/**
 * Reads an address in the syntax of `DOCKER_HOST`: `unix://`, `npipe://` (a Windows pipe) or `tcp://`. `origin` says
 * where the address comes from, for messages.
 */
export function parseEndpoint(address: string, origin: string, tls?: TlsFiles): Endpoint {
  const [, scheme, rest = ""] = /^([a-z]+):\/\/(.*)$/.exec(address) ?? [];
  if ((scheme === "unix" || scheme === "npipe") && rest.startsWith("/")) return { kind: "socket", path: rest };
  if (scheme === "tcp") return parseTcp(address, origin, tls);
  if (scheme === "ssh") {
    throw new Fault(`${origin} is "${address}": this action does not support engines over ssh`, {
      advice: `Forward the engine's socket first, and name it: \`ssh -fNL /tmp/docker.sock:/var/run/docker.sock ${rest}\`, \`DOCKER_HOST=unix:///tmp/docker.sock\`.`,
    });
  }
  throw new Fault(`${origin} is "${address}", expected unix:///path, npipe:////./pipe/name or tcp://host:port`);
}

function parseTcp(address: string, origin: string, tls: TlsFiles | undefined): Endpoint {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || url.hostname === "" || !["", "/"].includes(url.pathname)) {
    throw new Fault(`${origin} is "${address}", expected tcp://host:port`);
  }
  const port = url.port === "" ? (tls === undefined ? PLAIN_PORT : TLS_PORT) : Number(url.port);
  return { kind: "tcp", host: url.hostname.replace(/^\[(.*)\]$/, "$1"), port, tls };
}

/** The endpoint in the syntax of `DOCKER_HOST`. */
export function formatEndpoint(endpoint: Endpoint): string {
  if (endpoint.kind === "socket") return `${endpoint.path.startsWith("//") ? "npipe" : "unix"}://${endpoint.path}`;
  const host = endpoint.host.includes(":") ? `[${endpoint.host}]` : endpoint.host;
  return `tcp://${host}:${endpoint.port}`;
}
