import { createHash, type Hash } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import { closeServer, listen, originOf } from "../stand-in/http.ts";

/** A proxy in front of a registry that refuses pushes that the OCI distribution spec 1.1 does not allow. */
export interface CheckingProxy {
  readonly host: string;
  /** Every request as `METHOD path?query status`, oldest first. */
  readonly requests: readonly string[];
  /** The reasons of the refusals. Real registries accept many of these requests. */
  readonly violations: readonly string[];
  /** The largest accepted body, in bytes. Larger ones are answered with 413 before they are read. */
  maxBodyBytes: number;
  close(): Promise<void>;
}

/** An upload in progress: where its next request must go, and the bytes so far. */
interface Upload {
  location: string;
  size: number;
  readonly hash: Hash;
}

export async function startCheckingProxy(target: string): Promise<CheckingProxy> {
  const [requests, violations]: [string[], string[]] = [[], []];
  /** Uploads by the path of their location, without the query. */
  const uploads = new Map<string, Upload>();
  /** Digests of the blobs of each repository. */
  const blobs = new Map<string, Set<string>>();
  const has = (repository: string, digest: string): boolean => blobs.get(repository)?.has(digest) === true;
  const note = (repository: string, digest: string): void => {
    blobs.set(repository, (blobs.get(repository) ?? new Set()).add(digest));
  };

  async function forward(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = message.method ?? "";
    const url = new URL(message.url ?? "", target);
    const log = (status: number): void => void requests.push(`${method} ${url.pathname}${url.search} ${status}`);
    if (Number(message.headers["content-length"] ?? 0) > proxy.maxBodyBytes) {
      log(413);
      response.writeHead(413, { connection: "close" }).end();
      return;
    }
    const body = await bytesOf(message);
    const [, repository = "", rest = ""] = /^\/v2\/(.+?)\/((?:blobs|manifests|tags)\/.*)$/.exec(url.pathname) ?? [];
    const upload = uploads.get(url.pathname);
    const wrong = violation({ method, url, headers: message.headers, body, repository, rest, upload, has });
    if (wrong !== undefined) {
      violations.push(`${method} ${url.pathname}${url.search}: ${wrong}`);
      log(400);
      response.writeHead(400).end(JSON.stringify({ errors: [{ code: "UNSUPPORTED", message: wrong }] }));
      return;
    }
    const { authorization, accept, "content-type": type, "content-range": range } = message.headers;
    const headers = Object.entries({ authorization, accept, "content-type": type, "content-range": range });
    const answer = await fetch(url, {
      method,
      headers: Object.fromEntries(headers.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]))),
      ...(body.length > 0 && { body }),
      redirect: "manual",
    });
    log(answer.status);
    const location = answer.headers.get("location");
    if (answer.status === 202 && location !== null && rest.startsWith("blobs/uploads")) {
      const next = new URL(location, url);
      const before = method === "PATCH" ? upload : undefined;
      const hash = before?.hash ?? createHash("sha256");
      if (method === "PATCH") hash.update(body);
      uploads.delete(url.pathname);
      const size = (before?.size ?? 0) + (method === "PATCH" ? body.length : 0);
      uploads.set(next.pathname, { location: next.pathname + next.search, size, hash });
    }
    const digest = url.searchParams.get("digest") ?? url.searchParams.get("mount");
    if (answer.status === 201 && digest !== null) note(repository, digest);
    const held = /^blobs\/(sha256:.*)$/.exec(rest)?.[1];
    if (answer.status === 200 && held !== undefined) note(repository, held);
    const relative = location === null ? {} : { location: new URL(location, url).href.replace(url.origin, "") };
    const kept = ["content-type", "www-authenticate", "link", "docker-content-digest"].flatMap((name) => {
      const value = answer.headers.get(name);
      return value === null ? [] : [[name, value]];
    });
    response.writeHead(answer.status, { ...Object.fromEntries(kept), ...relative });
    response.end(Buffer.from(await answer.arrayBuffer()));
  }

  const server = createServer((message, response) => {
    forward(message, response).catch(() => response.socket?.destroy());
  });
  await listen(server);
  const proxy: CheckingProxy = {
    host: new URL(originOf(server)).host,
    requests,
    violations,
    maxBodyBytes: Number.POSITIVE_INFINITY,
    close: () => closeServer(server),
  };
  return proxy;
}

interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly repository: string;
  readonly rest: string;
  readonly upload: Upload | undefined;
  readonly has: (repository: string, digest: string) => boolean;
}

/** The rule of the spec that a request breaks; undefined when it breaks none. */
function violation(asked: Asked): string | undefined {
  const { method, url, headers, repository, rest } = asked;
  if (url.pathname === "/v2/" || method === "GET" || method === "HEAD") return undefined;
  if (repository === "") return "no such endpoint";
  // Without Content-Length a server cannot distinguish an empty body from a broken connection.
  if (method !== "DELETE" && headers["content-length"] === undefined) return "no Content-Length";
  if (rest === "blobs/uploads/" && method === "POST") return ofMount(asked);
  if (rest.startsWith("manifests/") && method === "PUT") return ofManifest(asked);
  if (!rest.startsWith("blobs/uploads/")) return "no such endpoint";
  return ofUpload(asked);
}

/** "Mounting a blob from another repository": needs both parameters, and a blob that exists. */
function ofMount({ url, has }: Asked): string | undefined {
  const [mount, from] = [url.searchParams.get("mount"), url.searchParams.get("from")];
  if (mount === null && from === null) return undefined;
  if (mount === null || !/^sha256:[0-9a-f]{64}$/.test(mount)) return "mount is not a digest";
  if (from === null || from === "") return "mount without the repository to mount from";
  return has(from, mount) ? undefined : `${from} does not have ${mount}`;
}

/** "Pushing Manifests": needs the manifest's media type, and must follow everything that the manifest refers to. */
function ofManifest({ headers, body, repository, has }: Asked): string | undefined {
  const manifest = JSON.parse(body.toString());
  const type = headers["content-type"];
  if (type === undefined || (manifest.mediaType !== undefined && manifest.mediaType !== type)) {
    return `Content-Type ${type} of a ${manifest.mediaType}`;
  }
  const blobs: { digest: string; size: number }[] = [...(manifest.layers ?? []), ...[manifest.config ?? []].flat()];
  const absent = blobs.find(({ digest }) => !has(repository, digest));
  return absent === undefined ? undefined : `refers to ${absent.digest}, which was not pushed`;
}

/** "Pushing a blob monolithically" and "in chunks": at the last answer's location, in order, closed with the right digest. */
function ofUpload({ method, url, headers, body, upload }: Asked): string | undefined {
  const digest = url.searchParams.get("digest");
  const location = new URL(url);
  location.searchParams.delete("digest");
  const expected = upload && new URL(upload.location, url);
  if (upload === undefined || expected?.search !== location.search) return "not where the last answer said";
  if (method === "DELETE") return undefined;
  if (body.length > 0 && headers["content-type"] !== "application/octet-stream") return "not application/octet-stream";
  const range = headers["content-range"];
  const isNext = range === `${upload.size}-${upload.size + body.length - 1}`;
  if (method === "PATCH") return isNext ? undefined : `Content-Range ${range} after ${upload.size} bytes`;
  if (method !== "PUT") return "no such endpoint";
  if (digest === null) return "closed without a digest";
  if (range !== undefined && !isNext) return `Content-Range ${range} after ${upload.size} bytes`;
  const found = `sha256:${upload.hash.copy().update(body).digest("hex")}`;
  return found === digest ? undefined : `closed as ${digest}, and it is ${found}`;
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks);
}
