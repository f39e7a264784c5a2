import { createHash } from "node:crypto";
import { once } from "node:events";
import { request } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { ServedBlob, ServedImage } from "./image.ts";
import { type LoopbackRegistry, startLoopbackRegistry } from "./registry.ts";

const sha256 = (bytes: Uint8Array): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

const layer = Buffer.from("0123456789".repeat(1000));
const manifest = Buffer.from('{"schemaVersion":2}');
const broken = sha256(Buffer.from("broken"));
const endless = sha256(Buffer.from("endless"));

const whole: ServedBlob = {
  size: layer.length,
  async *open(offset, length) {
    for (let at = offset; at < offset + length; at += 3000) {
      yield layer.subarray(at, Math.min(at + 3000, offset + length));
    }
  },
};

let registry: LoopbackRegistry;
let errors: unknown[];
let released: number;

beforeEach(async () => {
  errors = [];
  released = 0;
  const failing: ServedBlob = {
    size: 100,
    async *open() {
      yield Buffer.alloc(10);
      throw new Error("the artifact is gone");
    },
  };
  const slow: ServedBlob = {
    size: 1e9,
    async *open(_offset, _length, signal) {
      try {
        while (!signal.aborted) yield Buffer.alloc(65_536);
      } finally {
        released += 1;
      }
    },
  };
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  registry = await startLoopbackRegistry({
    image: {
      manifests: new Map([[sha256(manifest), { mediaType, bytes: manifest }]]),
      blobs: new Map([
        [sha256(layer), whole],
        [broken, failing],
        [endless, slow],
      ]),
    },
    onError: (error) => errors.push(error),
  });
});
afterEach(async () => await registry[Symbol.asyncDispose]());

function url(rest: string): string {
  const [address, ...repository] = registry.repository.split("/");
  return `http://${address}/v2/${repository.join("/")}/${rest}`;
}

describe("the loopback registry", () => {
  test("answers the version check", async () => {
    const response = await fetch(`http://${registry.repository.split("/")[0]}/v2/`);
    expect(response.status).toBe(200);
    expect(response.headers.get("docker-distribution-api-version")).toBe("registry/2.0");
  });

  test("serves a manifest by digest with its media type", async () => {
    const response = await fetch(url(`manifests/${sha256(manifest)}`));
    expect(response.headers.get("content-type")).toBe("application/vnd.oci.image.manifest.v1+json");
    expect(response.headers.get("docker-content-digest")).toBe(sha256(manifest));
    expect(Buffer.from(await response.arrayBuffer())).toEqual(manifest);
  });

  test("serves a whole blob, a part of it, and only its headers", async () => {
    const whole = await fetch(url(`blobs/${sha256(layer)}`));
    expect(Buffer.from(await whole.arrayBuffer())).toEqual(layer);
    const part = await fetch(url(`blobs/${sha256(layer)}`), { headers: { Range: "bytes=2998-3003" } });
    expect([part.status, part.headers.get("content-range")]).toEqual([206, `bytes 2998-3003/${layer.length}`]);
    expect(await part.text()).toBe("890123");
    const head = await fetch(url(`blobs/${sha256(layer)}`), { method: "HEAD" });
    expect([head.status, head.headers.get("content-length")]).toEqual([200, String(layer.length)]);
    expect([...registry.fetched()]).toEqual([sha256(layer)]);
  });

  test("waits for the rest when it lacks a document or a blob", async () => {
    const rest = Promise.withResolvers<ServedImage>();
    const known = { mediaType: "application/json", bytes: Buffer.from("known") };
    await using partial = await startLoopbackRegistry({
      image: { manifests: new Map([["sha256:01", known]]), blobs: new Map() },
      rest: rest.promise,
      onError: (error) => errors.push(error),
    });
    const get = async (path: string): Promise<string> => {
      const [address, ...repository] = partial.repository.split("/");
      return await (await fetch(`http://${address}/v2/${repository.join("/")}/${path}`)).text();
    };
    let waiting = true;
    const later = Promise.all([get("manifests/sha256:02"), get(`blobs/${sha256(layer)}`), get("blobs/sha256:03")]);
    void later.then(() => {
      waiting = false;
    });
    expect([await get("manifests/sha256:01"), waiting]).toEqual(["known", true]);
    rest.resolve({
      manifests: new Map([["sha256:02", { ...known, bytes: Buffer.from("later") }]]),
      blobs: new Map([[sha256(layer), whole]]),
    });
    const [document, blob, unknown] = await later;
    expect([document, blob]).toEqual(["later", layer.toString()]);
    expect(JSON.parse(unknown ?? "")).toMatchObject({ errors: [{ code: "BLOB_UNKNOWN" }] });
  });

  test("refuses a range outside the blob", async () => {
    const response = await fetch(url(`blobs/${sha256(layer)}`), { headers: { Range: "bytes=10000-" } });
    expect([response.status, response.headers.get("content-range")]).toEqual([416, "bytes */10000"]);
  });

  test.each([
    [
      "another repository",
      (own: string) => own.replace(/load\/[0-9a-f]+/, `load/${"0".repeat(32)}`),
      404,
      "NAME_UNKNOWN",
    ],
    ["an unknown blob", (own: string) => own.replace(/[0-9a-f]{64}$/, "0".repeat(64)), 404, "BLOB_UNKNOWN"],
    ["the tag list", (own: string) => own.replace(/blobs\/.*/, "tags/list"), 404, "NAME_UNKNOWN"],
    ["the catalog", () => `http://${registry.repository.split("/")[0]}/v2/_catalog`, 404, "NAME_UNKNOWN"],
  ])("does not know %s", async (_title, change, status, code) => {
    const response = await fetch(change(url(`blobs/${sha256(layer)}`)));
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ errors: [{ code }] });
  });

  test("is read-only", async () => {
    const response = await fetch(url("blobs/uploads/"), { method: "POST" });
    expect(response.status).toBe(405);
  });

  test("closes the connection when a blob cannot be served in full, and reports why", async () => {
    const pulled = fetch(url(`blobs/${broken}`)).then((response) => response.arrayBuffer());
    await expect(pulled).rejects.toThrow(/fetch failed|terminated/);
    expect(errors).toEqual([new Error("the artifact is gone")]);
  });

  test("releases the source when the engine disconnects, without an error", async () => {
    const pulling = request(url(`blobs/${endless}`));
    pulling.on("error", () => undefined).end();
    const [response] = await once(pulling, "response");
    response.on("error", () => undefined);
    await once(response, "data");
    pulling.destroy();
    while (released === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(errors).toEqual([]);
  });

  test("has an unguessable name, and listens only on the loopback address", () => {
    expect(registry.repository).toMatch(/^127\.0\.0\.1:\d+\/load\/[0-9a-f]{32}$/);
  });
});
