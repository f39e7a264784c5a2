import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { ServedImage } from "./image.ts";
import { parseRange } from "./range.ts";

/** The path of a blob or manifest by digest (OCI distribution spec). */
const ROUTE = /^\/v2\/([a-z0-9/]+)\/(manifests|blobs)\/([a-z0-9]+:[0-9a-f]+)$/;

/** The write buffer of each connection, large enough to send many chunks at once. */
const WRITE_AHEAD_BYTES = 1024 * 1024;

export interface RegistryOptions {
  readonly image: ServedImage;
  /** What is known only later. Requests for anything that `image` does not have wait for it. */
  readonly rest?: Promise<ServedImage>;
  /** Called with the error for each response that could not be sent completely. */
  readonly onError: (error: unknown) => void;
  /** Called with the digest of a blob and the number of bytes that are sent. */
  readonly onBytes?: (digest: string, bytes: number) => void;
}

export interface LoopbackRegistry extends AsyncDisposable {
  /** `127.0.0.1:<port>/<unguessable name>`, from which an engine can pull by digest. */
  readonly repository: string;
  /** The number of requests so far. It shows whether the engine reached the registry at all. */
  readonly requests: () => number;
  /** The digests of the requested blobs. */
  readonly fetched: () => ReadonlySet<string>;
}

/**
 * Serves one image read-only on 127.0.0.1, where engines allow plain HTTP, with the pull part of the OCI distribution
 * API ("Pull", distribution-spec v1.1). Its name is unguessable, and its port is open only until it is disposed.
 */
export async function startLoopbackRegistry(options: RegistryOptions): Promise<LoopbackRegistry> {
  const name = `load/${randomBytes(16).toString("hex")}`;
  const fetched = new Set<string>();
  let requests = 0;
  const server = createServer({ highWaterMark: WRITE_AHEAD_BYTES }, (request, response) => {
    requests += 1;
    answer(request, response, { ...options, name, fetched }).catch((error: unknown) => {
      // The status has usually been sent already, so only a broken connection tells the engine about the error.
      response.destroy();
      options.onError(error);
    });
  });
  server.keepAliveTimeout = 60_000;
  await once(server.listen(0, "127.0.0.1"), "listening");
  // `address()` of a listening TCP server is an AddressInfo (Node docs, net.Server).
  const { port } = server.address() as AddressInfo;
  return {
    repository: `127.0.0.1:${port}/${name}`,
    requests: () => requests,
    fetched: () => fetched,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Context extends RegistryOptions {
  readonly name: string;
  readonly fetched: Set<string>;
}

async function answer(request: IncomingMessage, response: ServerResponse, context: Context): Promise<void> {
  const { pathname } = new URL(request.url ?? "/", "http://127.0.0.1");
  if (request.method !== "GET" && request.method !== "HEAD") {
    return refuse(response, 405, "UNSUPPORTED", "this registry is read-only");
  }
  if (pathname === "/v2/" || pathname === "/v2") {
    response.writeHead(200, { "Docker-Distribution-API-Version": "registry/2.0", "Content-Length": 0 }).end();
    return;
  }
  const [, name, kind, digest = ""] = ROUTE.exec(pathname) ?? [];
  if (name !== context.name) return refuse(response, 404, "NAME_UNKNOWN", "no such repository");
  if (kind === "manifests") return sendManifest(request, response, digest, context);
  return sendBlob(request, response, digest, context);
}

async function sendManifest(
  request: IncomingMessage,
  response: ServerResponse,
  digest: string,
  { image, rest }: Context,
): Promise<void> {
  const manifest = image.manifests.get(digest) ?? (await rest)?.manifests.get(digest);
  if (manifest === undefined) {
    refuse(response, 404, "MANIFEST_UNKNOWN", `no manifest ${digest}`);
    return;
  }
  response.writeHead(200, {
    "Content-Type": manifest.mediaType,
    "Content-Length": manifest.bytes.length,
    "Docker-Content-Digest": digest,
  });
  response.end(request.method === "HEAD" ? undefined : manifest.bytes);
}

async function sendBlob(
  request: IncomingMessage,
  response: ServerResponse,
  digest: string,
  context: Context,
): Promise<void> {
  const blob = context.image.blobs.get(digest) ?? (await context.rest)?.blobs.get(digest);
  if (blob === undefined) return refuse(response, 404, "BLOB_UNKNOWN", `no blob ${digest}`);
  const range = parseRange(request.headers.range, blob.size);
  if (range === "unsatisfiable") {
    response.setHeader("Content-Range", `bytes */${blob.size}`);
    return refuse(response, 416, "BLOB_UNKNOWN", `${digest} has ${blob.size} bytes`);
  }
  const { offset, length } = range ?? { offset: 0, length: blob.size };
  response.writeHead(range === undefined ? 200 : 206, {
    "Content-Type": "application/octet-stream",
    "Content-Length": length,
    "Accept-Ranges": "bytes",
    "Docker-Content-Digest": digest,
    ...(range === undefined ? {} : { "Content-Range": `bytes ${offset}-${offset + length - 1}/${blob.size}` }),
  });
  if (request.method === "HEAD") {
    response.end();
    return;
  }
  context.fetched.add(digest);
  // The first bytes may take a while, since other blobs have priority.
  response.flushHeaders();
  const hungUp = new AbortController();
  response.on("error", () => undefined).once("close", () => hungUp.abort());
  try {
    for await (const chunk of blob.open(offset, length, hungUp.signal)) {
      context.onBytes?.(digest, chunk.length);
      if (!response.write(chunk)) await once(response, "drain", { signal: hungUp.signal });
    }
  } catch (error) {
    // If the engine closes the connection (it has the layer by now, or has given up), that is not an error of the
    // source.
    if (!hungUp.signal.aborted) throw error;
  }
  response.end();
}

/** Sends an error in the form of the distribution spec ("Error Codes"). */
function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  const body = JSON.stringify({ errors: [{ code, message }] });
  response
    .writeHead(status, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) })
    .end(body);
}
