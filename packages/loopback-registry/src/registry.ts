import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { ServedImage } from "./image.ts";
import { parseRange } from "./range.ts";

/** Blob digests and manifest digests, as in the paths of the OCI distribution spec. */
const ROUTE = /^\/v2\/([a-z0-9/]+)\/(manifests|blobs)\/([a-z0-9]+:[0-9a-f]+)$/;

/** What may wait for the engine in each connection: enough to be written many pieces at a time. */
const WRITE_AHEAD_BYTES = 1024 * 1024;

export interface RegistryOptions {
  readonly image: ServedImage;
  /** Told about each response that could not be given in full, with its cause. */
  readonly onError: (error: unknown) => void;
  /** Told about bytes of blobs as they are sent. */
  readonly onBytes?: (digest: string, bytes: number) => void;
}

export interface LoopbackRegistry extends AsyncDisposable {
  /** `127.0.0.1:<port>/<unguessable name>`: a repository that an engine may pull from by digest. */
  readonly repository: string;
  /** Requests answered so far, to tell an engine that never came from one that failed. */
  readonly requests: () => number;
  /** Digests of the blobs that were asked for. */
  readonly fetched: () => ReadonlySet<string>;
  close(): Promise<void>;
}

/**
 * Serves one image read-only over the pull half of the OCI distribution API ("Pull", distribution-spec
 * v1.1) on 127.0.0.1, where engines allow plain HTTP. Its name is unguessable and its port is only open
 * as long as it is needed; nothing else is served.
 */
export async function startLoopbackRegistry(options: RegistryOptions): Promise<LoopbackRegistry> {
  const name = `load/${randomBytes(16).toString("hex")}`;
  const fetched = new Set<string>();
  let requests = 0;
  const server = createServer({ highWaterMark: WRITE_AHEAD_BYTES }, (request, response) => {
    requests += 1;
    answer(request, response, { ...options, name, fetched }).catch((error: unknown) => {
      // The status line is gone by now in most cases: cutting the connection is what tells the engine.
      response.destroy();
      options.onError(error);
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  // `address()` of a listening TCP server is an AddressInfo (Node docs, net.Server).
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return {
    repository: `127.0.0.1:${port}/${name}`,
    requests: () => requests,
    fetched: () => fetched,
    close,
    [Symbol.asyncDispose]: close,
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

function sendManifest(request: IncomingMessage, response: ServerResponse, digest: string, { image }: Context): void {
  const manifest = image.manifests.get(digest);
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
  const blob = context.image.blobs.get(digest);
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
  // The first bytes may be a while: other blobs come first.
  response.flushHeaders();
  const hungUp = new AbortController();
  response.on("error", () => undefined).once("close", () => hungUp.abort());
  try {
    for await (const chunk of blob.open(offset, length, hungUp.signal)) {
      context.onBytes?.(digest, chunk.length);
      if (!response.write(chunk)) await once(response, "drain", { signal: hungUp.signal });
    }
  } catch (error) {
    // An engine that hangs up (it has the layer by now, or gave up) is not an error of the source.
    if (!hungUp.signal.aborted) throw error;
  }
  response.end();
}

/** The error body of the distribution spec ("Error Codes"). */
function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  const body = JSON.stringify({ errors: [{ code, message }] });
  response
    .writeHead(status, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) })
    .end(body);
}
