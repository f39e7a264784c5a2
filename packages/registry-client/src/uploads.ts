import type { HttpResponse } from "@release-actions/http";
import type { Digest } from "@release-actions/oci";
import type { Connection } from "./connection.ts";
import { RegistryError } from "./error.ts";

/** A blob to upload. */
export interface BlobUpload {
  readonly digest: Digest;
  /** In bytes. */
  readonly size: number;
  /** Reads the blob from the start, each time it is called. */
  readonly read: () => AsyncIterable<Uint8Array>;
}

/** The size of the chunks for a registry that refuses large bodies. It is below Cloudflare's limit of 100 MB, and one chunk is held in memory. */
const CHUNK_BYTES = 32 * 1024 * 1024;

/** Uploads blobs in the ways that the OCI distribution spec 1.1 describes ("Pushing Blobs"). */
export class Uploads {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Begins an upload and returns its URL. */
  async start(repository: string): Promise<URL> {
    const url = this.#at(repository);
    const call = { method: "POST", url, repository, headers: { "Content-Length": "0" } } as const;
    const answer = await this.#connection.send(call);
    if (answer.status !== 202) throw await this.#connection.refused(answer, `the start of an upload to ${repository}`);
    return this.#location(answer, repository);
  }

  /**
   * Mounts a blob of another repository ("Mounting a blob from another repository"). A registry that cannot mount it begins
   * an upload instead, whose URL is returned. Undefined when the registry refused; the blob can then be uploaded.
   */
  async mount(repository: string, digest: Digest, from: string): Promise<URL | "mounted" | undefined> {
    const url = this.#at(repository);
    url.searchParams.set("mount", digest);
    url.searchParams.set("from", from);
    const call = { method: "POST", url, repository, from, headers: { "Content-Length": "0" } } as const;
    const answer = await this.#connection.send(call).catch((error: unknown) => {
      // Permission to push here does not imply permission to read there.
      if (error instanceof RegistryError && error.status !== undefined) return undefined;
      throw error;
    });
    if (answer?.status === 202) return this.#location(answer, repository);
    answer?.body.destroy();
    return answer?.status === 201 ? "mounted" : undefined;
  }

  /** Sends a blob in one request ("POST then PUT"), or in chunks if the registry refuses a body of that size. */
  async send(repository: string, blob: BlobUpload, to: URL): Promise<HttpResponse> {
    const { digest, size, read } = blob;
    const headers = { "Content-Type": "application/octet-stream", "Content-Length": String(size) };
    const url = withDigest(to, digest);
    const answer = await this.#connection.send({ method: "PUT", url, repository, headers, body: read });
    if (answer.status !== 413 || size <= CHUNK_BYTES) return answer;
    answer.body.destroy();
    return await this.#sendChunks(repository, blob);
  }

  /** Sends the chunks in order, each to the URL in the response to the previous one ("Pushing a blob in chunks"). */
  async #sendChunks(repository: string, { digest, read }: BlobUpload): Promise<HttpResponse> {
    let to = await this.start(repository);
    let sent = 0;
    for await (const chunk of inChunks(read(), CHUNK_BYTES)) {
      const headers = {
        "Content-Type": "application/octet-stream",
        "Content-Length": String(chunk.length),
        "Content-Range": `${sent}-${sent + chunk.length - 1}`,
      };
      const answer = await this.#connection.send({ method: "PATCH", url: to, repository, headers, body: () => chunk });
      if (answer.status !== 202) return answer;
      to = this.#location(answer, repository);
      sent += chunk.length;
    }
    const headers = { "Content-Length": "0" };
    return await this.#connection.send({ method: "PUT", url: withDigest(to, digest), repository, headers });
  }

  #at(repository: string): URL {
    return this.#connection.at(repository, "blobs/uploads/");
  }

  #location(answer: HttpResponse, repository: string): URL {
    answer.body.destroy();
    const { location } = answer.headers;
    if (location !== undefined) return new URL(location, answer.url);
    throw new RegistryError(`${this.#connection.registry} did not return a URL for the upload to ${repository}`);
  }
}

function withDigest(location: URL, digest: Digest): URL {
  const url = new URL(location);
  url.searchParams.set("digest", digest);
  return url;
}

/** The same bytes in pieces of equal size; only the last one may be smaller. */
async function* inChunks(bytes: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of bytes) {
    held.push(chunk);
    length += chunk.length;
    while (length >= size) {
      const all = Buffer.concat(held);
      yield all.subarray(0, size);
      held = [all.subarray(size)];
      length -= size;
    }
  }
  if (length > 0) yield Buffer.concat(held);
}
