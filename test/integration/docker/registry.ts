import type { IncomingMessage, ServerResponse } from "node:http";
import { findFile, indexTar, memorySource } from "@release-actions/archive";
import { startServer } from "../../stand-in/http.ts";

export interface Registry extends AsyncDisposable {
  /** `127.0.0.1:<port>/image` */
  readonly repository: string;
  /** The digest that the archive's index names first. */
  readonly digest: string;
  /** How often each path was asked for. */
  readonly requests: ReadonlyMap<string, number>;
}

export interface RegistryBehaviour {
  /** The `user:password` that every request must have. */
  readonly credentials?: string;
  /** How many requests for a manifest it answers with MANIFEST_UNKNOWN, as if the image were pushed later. */
  readonly pushedAfter?: number;
  /** What happens to blobs of at least `from` bytes: missing, never finished, or finished after a second. */
  readonly largeBlobs?: { readonly from: number; readonly are: "missing" | "stalled" | "slow" };
}

/** An OCI registry on the loopback that serves the one image of an OCI archive, with faults on request. */
export async function startRegistry(archive: Uint8Array, behaviour: RegistryBehaviour = {}): Promise<Registry> {
  const { digest, blobs } = await readBlobs(archive);
  const requests = new Map<string, number>();
  let manifests = 0;
  const server = await startServer((request, response) => {
    const { url = "" } = request;
    requests.set(url, (requests.get(url) ?? 0) + 1);
    if (!isAllowed(request, behaviour)) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="test"' }).end();
    } else if (url === "/v2/") {
      response.end("{}");
    } else {
      const [name = "", isManifest] = [url.split("/").at(-1), url.includes("/manifests/")];
      // Every tag names the image.
      const wanted = isManifest && !name.startsWith("sha256:") ? digest : name;
      if (isManifest) manifests += 1;
      if (isManifest && manifests <= (behaviour.pushedAfter ?? 0)) refuse(response, "MANIFEST_UNKNOWN");
      else serve(blobs.get(wanted), isManifest, response, behaviour);
    }
  });
  const repository = `${new URL(server.origin).host}/image`;
  return { repository, digest, requests, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

function serve(
  blob: Uint8Array | undefined,
  isManifest: boolean,
  response: ServerResponse,
  { largeBlobs }: RegistryBehaviour,
): void {
  const afflicted = !isManifest && blob !== undefined && largeBlobs !== undefined && blob.length >= largeBlobs.from;
  if (blob === undefined || (afflicted && largeBlobs.are === "missing")) {
    refuse(response, "BLOB_UNKNOWN");
    return;
  }
  const mediaType: unknown = isManifest ? JSON.parse(Buffer.from(blob).toString()).mediaType : undefined;
  response.writeHead(200, {
    "content-type": typeof mediaType === "string" ? mediaType : "application/octet-stream",
    "content-length": blob.length,
  });
  const half = afflicted ? Math.floor(blob.length / 2) : 0;
  response.write(blob.subarray(0, half));
  if (!afflicted) response.end(blob);
  else if (largeBlobs.are === "slow") setTimeout(() => response.end(blob.subarray(half)), 1000);
}

function refuse(response: ServerResponse, code: "BLOB_UNKNOWN" | "MANIFEST_UNKNOWN"): void {
  response.writeHead(404, { "content-type": "application/json" });
  const message = `${code.toLowerCase().replace("_", " ")} to the registry`;
  response.end(JSON.stringify({ errors: [{ code, message }] }));
}

function isAllowed(request: IncomingMessage, { credentials }: RegistryBehaviour): boolean {
  const expected = `Basic ${Buffer.from(credentials ?? "").toString("base64")}`;
  return credentials === undefined || request.headers.authorization === expected;
}

async function readBlobs(archive: Uint8Array): Promise<{ digest: string; blobs: Map<string, Uint8Array> }> {
  const { members } = await indexTar(memorySource(archive));
  const blobs = new Map<string, Uint8Array>();
  for (const path of members.keys()) {
    const file = findFile(members, path);
    if (file === undefined) continue;
    const name = path.startsWith("blobs/sha256/") ? `sha256:${path.slice("blobs/sha256/".length)}` : path;
    blobs.set(name, archive.subarray(file.offset, file.offset + file.size));
  }
  const index = JSON.parse(Buffer.from(blobs.get("index.json") ?? []).toString()) as {
    manifests: [{ digest: string }];
  };
  return { digest: index.manifests[0].digest, blobs };
}
