import {
  DEFAULT_PATIENCE,
  type HttpResponse,
  readBody,
  retrying,
  SYSTEM_CLOCK,
  TransientError,
} from "@release-actions/http";
import { decodeJson, listOf, object, optional, string } from "@release-actions/json";
import { algorithmOf, type Digest, digestOf } from "@release-actions/oci";
import { Connection, type RegistryOptions } from "./connection.ts";
import { RegistryError } from "./error.ts";
import { type BlobUpload, Uploads } from "./uploads.ts";

/** A manifest or index, with its exact bytes. */
export interface RegistryDocument {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly bytes: Uint8Array;
}

/** How a blob came into its repository. */
export type BlobArrival = "sent" | "mounted" | "present";

/** A registry that implements the OCI distribution spec 1.1. Content that is requested by digest is verified. */
export interface Registry {
  /** `undefined` when there is no such manifest, or no such repository. */
  manifest(repository: string, reference: string): Promise<RegistryDocument | undefined>;
  /** Reads a blob of at most `maxBytes` into memory. */
  blob(repository: string, digest: Digest, maxBytes: number): Promise<Uint8Array>;
  /** All tags of a repository; empty when it does not exist. */
  tags(repository: string): Promise<readonly string[]>;
  /** Requires that blobs may be pushed, by starting an upload and cancelling it. */
  requirePush(repository: string): Promise<void>;
  /**
   * Sends a blob unless the repository already has it.
   *
   * @param from a repository of this registry that has the blob; the blob is mounted from there if the registry supports it
   */
  pushBlob(repository: string, blob: BlobUpload, from?: string): Promise<BlobArrival>;
  pushManifest(repository: string, reference: string, document: RegistryDocument): Promise<void>;
  /**
   * Reads a reference back after this digest was pushed to it. Some registries take a while to show a new manifest, so it
   * is read again for a while; the last state is returned, which may be another manifest or undefined.
   */
  readBack(repository: string, reference: string, digest: Digest): Promise<RegistryDocument | undefined>;
}

/** Registries limit manifests to 4 MiB (spec, "Pushing manifests"). */
const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;
const MAX_PAGES = 1000;
/** GHCR has been seen to need a second or two. */
const MAX_READ_BACK_MS = 10_000;
const ACCEPT = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

const tagPage = object({ tags: optional(listOf(string), []) });

/** @param registry its name in image references, such as `ghcr.io`, `docker.io` or `127.0.0.1:5000` */
export function openRegistry(registry: string, options: RegistryOptions): Registry {
  const { patience = DEFAULT_PATIENCE, signal } = options;
  const connection = new Connection(registry, options);
  const tried = <T>(what: string, call: () => Promise<T>): Promise<T> =>
    retrying(`${what} at ${registry}`, patience, signal, call);
  const uploads = new Uploads(connection);

  /** What is at a URL; undefined when there is nothing, or no such repository. */
  const get = async (url: URL, repository: string, what: string, headers = {}): Promise<HttpResponse | undefined> => {
    const answer = await connection.send({ method: "GET", url, repository, headers });
    if (answer.status === 200) return answer;
    if (answer.status !== 404) throw await connection.refused(answer, what);
    answer.body.destroy();
    return undefined;
  };

  const hasBlob = async (repository: string, digest: Digest): Promise<boolean> => {
    const url = connection.at(repository, `blobs/${digest}`);
    const answer = await connection.send({ method: "HEAD", url, repository });
    answer.body.destroy();
    // GHCR's 403 may mean that the repository does not exist yet; the upload shows whether it may be created.
    if ([200, 403, 404].includes(answer.status)) return answer.status === 200;
    throw await connection.refused(answer, `the question for ${repository}@${digest}`);
  };

  /**
   * Requires that a push succeeded. Some registries answer 200 (the spec says 201), which is accepted if the content is
   * then there.
   */
  const requirePushed = async (answer: HttpResponse, what: string, isThere: () => Promise<boolean>): Promise<void> => {
    const isPushed = answer.status === 201 || (answer.status === 200 && (await isThere()));
    if (!isPushed) throw await connection.refused(answer, what);
    answer.body.destroy();
  };

  const readManifest: Registry["manifest"] = (repository, reference) =>
    tried(`reading ${repository}:${reference}`, async () => {
      const url = connection.at(repository, `manifests/${reference}`);
      const answer = await get(url, repository, `the question for ${repository}:${reference}`, { Accept: ACCEPT });
      if (answer === undefined) return undefined;
      const bytes = await readBytes(answer, MAX_MANIFEST_BYTES);
      // The bytes must match a requested digest; for a tag the digest is computed from the bytes.
      const isDigest = reference.includes(":");
      const digest = digestOf(bytes, isDigest ? algorithmOf(reference as Digest) : "sha256");
      if (isDigest && digest !== reference) throw new TransientError(`${registry} sent ${digest} for ${reference}`);
      return { mediaType: String(answer.headers["content-type"] ?? "").replace(/;.*/s, ""), digest, bytes };
    });

  return {
    manifest: readManifest,
    async readBack(repository, reference, digest) {
      const until = performance.now() + Math.min(patience.budgetMs, MAX_READ_BACK_MS);
      for (let pause = patience.firstPauseMs; ; pause *= 2) {
        const there = await readManifest(repository, reference);
        if (there?.digest === digest || performance.now() + pause > until) return there;
        await SYSTEM_CLOCK.wait(pause, signal);
      }
    },
    blob: (repository, digest, maxBytes) =>
      tried(`reading ${repository}@${digest}`, async () => {
        const url = connection.at(repository, `blobs/${digest}`);
        const answer = await connection.send({ method: "GET", url, repository });
        if (answer.status !== 200) throw await connection.refused(answer, `the question for ${repository}@${digest}`);
        const bytes = await readBytes(answer, maxBytes);
        const found = digestOf(bytes, algorithmOf(digest));
        if (found !== digest) throw new TransientError(`${registry} sent ${found} for ${digest}`);
        return bytes;
      }),
    async tags(repository) {
      const tags: string[] = [];
      let next: URL | undefined = connection.at(repository, "tags/list");
      for (let page = 0; next !== undefined; page += 1) {
        if (page === MAX_PAGES) throw new RegistryError(`${registry} lists the tags of ${repository} endlessly`);
        const url: URL = next;
        next = await tried(`listing the tags of ${repository}`, async () => {
          const answer = await get(url, repository, `the list of tags of ${repository}`);
          if (answer === undefined) return undefined;
          const bytes = await readBytes(answer, MAX_MANIFEST_BYTES);
          const source = `the tags of ${repository}`;
          tags.push(...decodeJson(bytes, tagPage, { source, maxBytes: MAX_MANIFEST_BYTES }).tags);
          const link = /<([^>]+)>\s*;\s*rel="?next"?/.exec(String(answer.headers["link"] ?? ""))?.[1];
          return link === undefined ? undefined : new URL(link, url);
        });
      }
      return tags;
    },
    requirePush: (repository) =>
      tried(`trying an upload to ${repository}`, async () => {
        const url = await uploads.start(repository);
        try {
          (await connection.send({ method: "DELETE", url, repository })).body.destroy();
        } catch (error) {
          // Not every registry supports cancelling an upload; an empty one expires by itself.
          if (!(error instanceof RegistryError) && !(error instanceof TransientError)) throw error;
        }
      }),
    pushBlob: (repository, blob, from) =>
      tried(`pushing ${blob.digest} to ${repository}`, async () => {
        // Checked before each attempt, because an upload whose connection broke may still have arrived.
        if (await hasBlob(repository, blob.digest)) return "present";
        const mount = from === undefined ? undefined : await uploads.mount(repository, blob.digest, from);
        if (mount === "mounted") return mount;
        const answer = await uploads.send(repository, blob, mount ?? (await uploads.start(repository)));
        const isThere = () => hasBlob(repository, blob.digest);
        await requirePushed(answer, `the blob ${blob.digest} for ${repository}`, isThere);
        return "sent";
      }),
    pushManifest: (repository, reference, { mediaType, bytes, digest }) =>
      tried(`pushing ${repository}:${reference}`, async () => {
        const headers = { "Content-Type": mediaType, "Content-Length": String(bytes.byteLength) };
        const url = connection.at(repository, `manifests/${reference}`);
        const answer = await connection.send({ method: "PUT", url, repository, headers, body: () => bytes });
        const isThere = async () => (await readManifest(repository, reference))?.digest === digest;
        await requirePushed(answer, `the manifest ${repository}:${reference}`, isThere);
      }),
  };
}

function readBytes(answer: HttpResponse, limit: number): Promise<Uint8Array> {
  const { host, pathname } = answer.url;
  const tooLarge = () => new RegistryError(`${host} sends more than ${limit} bytes of ${pathname}`);
  return readBody(answer, { limit, tooLarge });
}
