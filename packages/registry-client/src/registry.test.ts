import type { RequestListener } from "node:http";
import { Readable } from "node:stream";
import { afterEach, describe, expect, jest, test } from "@jest/globals";
import { createTransport, type HttpResponse } from "@release-actions/http";
import { LoopbackServers } from "@release-actions/http/testing";
import { digestOf } from "@release-actions/oci";
import { parseChallenge } from "./challenge.ts";
import { originOf } from "./connection.ts";
import { readAsWriter } from "./read-as-writer.ts";
import { openRegistry, type Registry } from "./registry.ts";

const servers = new LoopbackServers();
afterEach(() => servers.close());
const serve = async (handle: RequestListener): Promise<string> => (await servers.start(handle)).host;

const credentials = { username: "me", password: "secret" };
const BASIC = `Basic ${Buffer.from("me:secret").toString("base64")}`;
const patience = { budgetMs: 300, firstPauseMs: 1, longestPauseMs: 10 };
const open = (host: string, who?: typeof credentials): Registry =>
  openRegistry(host, { transport: createTransport(), credentials: who, patience });

describe("openRegistry", () => {
  test("fetches a token from the address in the challenge, and keeps it for further requests", async () => {
    const scopes: (string | null)[] = [];
    const host = await serve((request, response) => {
      const url = new URL(request.url ?? "", "http://registry");
      if (url.pathname === "/token") {
        scopes.push(url.searchParams.get("scope"));
        response.end(JSON.stringify({ token: request.headers.authorization === BASIC ? "T" : "anonymous" }));
      } else if (request.headers.authorization === "Bearer T") {
        response.end(JSON.stringify({ tags: ["1.0.0"] }));
      } else {
        const challenge = `Bearer realm="http://${request.headers.host}/token",service="r",scope="ignored"`;
        response.writeHead(401, { "www-authenticate": challenge }).end();
      }
    });
    const registry = open(host, credentials);
    expect(await registry.tags("a/b")).toEqual(["1.0.0"]);
    expect(await registry.tags("a/b")).toEqual(["1.0.0"]);
    expect(scopes).toEqual(["repository:a/b:pull,push"]);
    await expect(open(host).tags("a/b")).rejects.toThrow("refuses anonymous access (401)");
  });

  test("does not send the password to a blob's storage, or follow a redirect to plain HTTP elsewhere (F16)", async () => {
    const bytes = Buffer.from("content");
    const seen: (string | undefined)[] = [];
    const storage = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.end(bytes);
    });
    const host = await serve((request, response) => {
      if (request.headers.authorization !== BASIC)
        response.writeHead(401, { "www-authenticate": "Basic realm=x" }).end();
      else response.writeHead(307, { location: `http://${storage}/blob` }).end();
    });
    await expect(open(host, credentials).blob("a", digestOf(bytes), 100)).rejects.toThrow("redirects to");
    expect(seen).toEqual([]);
  });

  test.each<[name: string, answer: [status: number, headers: Record<string, string>, body: string], message: string]>([
    ["bytes that do not match the digest (F17)", [200, {}, "other"], "sent sha256:"],
    ["content over its size limit", [200, {}, "x".repeat(101)], "sends more than 100 bytes"],
    ["a refusal", [403, {}, "denied"], "refuses the user me (403)"],
    ["a missing blob", [404, {}, "gone"], "answered 404"],
    ["an unknown challenge", [401, { "www-authenticate": "Negotiate" }, ""], "requires an authentication method"],
    ["a missing challenge", [401, {}, ""], "requires an authentication method"],
    ["a server that always fails (F19)", [500, {}, "broken"], "answered 500: broken"],
  ])("reports %s", async (_name, [status, headers, body], message) => {
    const host = await serve((_request, response) => void response.writeHead(status, headers).end(body));
    const failing = open(host, credentials).blob("a", digestOf(Buffer.from("content")), 100);
    await expect(failing).rejects.toThrow(message);
  });

  test("gives up an answer that stops for half a minute", async () => {
    jest.useFakeTimers();
    try {
      const body = new Readable({ read: () => undefined }) as HttpResponse["body"]; // It is only read as a stream.
      const transport = async ({ url }: { readonly url: URL }) => ({ status: 200, headers: {}, url, body });
      const registry = openRegistry("registry.test", { transport, patience: { ...patience, budgetMs: 0 } });
      const failed = expect(registry.blob("a", digestOf(Buffer.from("x")), 100)).rejects.toThrow("the answer stopped");
      await jest.advanceTimersByTimeAsync(30_000);
      await failed;
    } finally {
      jest.useRealTimers();
    }
  });

  test("follows the pages of a long list of tags, and returns none for a missing repository", async () => {
    const host = await serve((request, response) => {
      const url = new URL(request.url ?? "", "http://registry");
      if (url.pathname.includes("/none/")) response.writeHead(404).end();
      else if (url.searchParams.has("last")) response.end('{"tags":["b"]}');
      else response.writeHead(200, { link: '</v2/a/tags/list?last=a>; rel="next"' }).end('{"tags":["a"]}');
    });
    expect(await open(host).tags("a")).toEqual(["a", "b"]);
    expect(await open(host).tags("none")).toEqual([]);
  });

  test("waits for a registry to show pushed content, but not forever (F117)", async () => {
    const bytes = Buffer.from("{}");
    let asked = 0;
    const host = await serve((request, response) => {
      asked += 1;
      if (asked < 3) response.writeHead(404).end();
      else response.end(request.url?.includes("/never/") ? "{ }" : bytes);
    });
    expect((await open(host).readBack("a", "1", digestOf(bytes)))?.digest).toBe(digestOf(bytes));
    expect(asked).toBe(3);
    expect((await open(host).readBack("never", "1", digestOf(bytes)))?.digest).toBe(digestOf(Buffer.from("{ }")));
  });

  test.each([
    ["succeeds when the registry then has the blob", true],
    ["is an error when it does not have the blob", false],
  ])("a PUT with the status 200 %s", async (_title, shows) => {
    const bytes = Buffer.from("content");
    let isSent = false;
    const host = await serve((request, response) => {
      request.resume();
      if (request.method === "HEAD") response.writeHead(isSent && shows ? 200 : 404).end();
      else if (request.method === "POST") response.writeHead(202, { location: "/v2/a/blobs/uploads/1" }).end();
      else {
        isSent = true;
        response.writeHead(200).end();
      }
    });
    const pushing = open(host).pushBlob("a", {
      digest: digestOf(bytes),
      size: 7,
      read: async function* () {
        yield bytes;
      },
    });
    if (shows) expect(await pushing).toBe("sent");
    else await expect(pushing).rejects.toThrow("answered 200 to the blob");
  });

  /** A registry with tokens, whose repository `from` cannot be read by others when `isPrivate` is set. */
  test.each([
    ["with a token for both repositories", false, "mounted"],
    ["and sends the blob when it may not read the other repository", true, "sent"],
  ])("mounts a blob %s", async (_title, isPrivate, expected) => {
    const bytes = Buffer.from("content");
    const scopes: string[][] = [];
    const host = await serve((request, response) => {
      request.resume();
      const url = new URL(request.url ?? "", "http://registry");
      if (url.pathname === "/token") {
        const asked = url.searchParams.getAll("scope");
        scopes.push(asked);
        if (isPrivate && asked.length > 1) response.writeHead(403).end();
        else response.end(JSON.stringify({ token: asked.length > 1 ? "both" : "one" }));
        return;
      }
      const token = request.headers.authorization;
      const isMount = url.searchParams.has("mount");
      if (token !== (isMount ? "Bearer both" : "Bearer one")) {
        const challenge = `Bearer realm="http://${request.headers.host}/token",service="r"`;
        response.writeHead(401, { "www-authenticate": challenge }).end();
      } else if (isMount) {
        expect(url.searchParams.get("from")).toBe("from");
        response.writeHead(201).end();
      } else if (request.method === "HEAD") response.writeHead(404).end();
      else if (request.method === "POST") response.writeHead(202, { location: "/v2/a/blobs/uploads/1" }).end();
      else response.writeHead(201).end();
    });
    const blob = {
      digest: digestOf(bytes),
      size: 7,
      read: async function* () {
        yield bytes;
      },
    };
    expect(await open(host, credentials).pushBlob("a", blob, "from")).toBe(expected);
    expect(scopes).toContainEqual(["repository:a:pull,push", "repository:from:pull"]);
  });

  test("sends a blob in chunks, in order, to a registry that refuses a body of its size", async () => {
    const chunk = 32 * 1024 * 1024;
    const bytes = Buffer.alloc(chunk + 5, "x");
    const ranges: string[] = [];
    let received = 0;
    const host = await serve((request, response) => {
      const url = new URL(request.url ?? "", "http://registry");
      const length = Number(request.headers["content-length"]);
      if (request.method === "HEAD") response.writeHead(404).end();
      else if (request.method === "POST") response.writeHead(202, { location: "/v2/a/blobs/uploads/0" }).end();
      else if (length > chunk) response.writeHead(413, { connection: "close" }).end();
      else {
        request.on("data", (data: Buffer) => {
          received += data.length;
        });
        request.on("end", () => {
          if (request.method === "PUT") {
            expect(url.pathname).toBe("/v2/a/blobs/uploads/2");
            response.writeHead(received === bytes.length ? 201 : 400).end();
            return;
          }
          expect(url.pathname).toBe(`/v2/a/blobs/uploads/${ranges.length}`);
          ranges.push(request.headers["content-range"] ?? "");
          response.writeHead(202, { location: `/v2/a/blobs/uploads/${ranges.length}` }).end();
        });
      }
    });
    const read = async function* (): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < bytes.length; at += 1_000_000) yield bytes.subarray(at, at + 1_000_000);
    };
    expect(await open(host).pushBlob("a", { digest: digestOf(bytes), size: bytes.length, read })).toBe("sent");
    expect(ranges).toEqual([`0-${chunk - 1}`, `${chunk}-${chunk + 4}`]);
  });

  test("does not retry when the content cannot be read", async () => {
    const host = await serve((request, response) => {
      request.resume();
      if (request.method === "HEAD") response.writeHead(404).end();
      else if (request.method === "POST") response.writeHead(202, { location: "/v2/a/blobs/uploads/1" }).end();
    });
    let reads = 0;
    const read = async function* (): AsyncGenerator<Uint8Array> {
      reads += 1;
      yield Buffer.from("con");
      throw new Error("the disk is gone");
    };
    const pushing = open(host).pushBlob("a", { digest: digestOf(Buffer.from("content")), size: 7, read });
    await expect(pushing).rejects.toThrow("the disk is gone");
    expect(reads).toBe(1);
  });
});

describe("readAsWriter", () => {
  /** Like GHCR: denies access to a repository that was never pushed, but lets users with write access start an upload. */
  const denying = (mayPush: boolean): Promise<string> =>
    serve((request, response) => {
      const said = '{"errors":[{"code":"DENIED","message":"requested access to the resource is denied"}]}';
      if (request.method === "POST" && mayPush) response.writeHead(202, { location: "/v2/a/blobs/uploads/1" }).end();
      else response.writeHead(403).end(request.method === "HEAD" ? undefined : said);
    });

  test("treats a refusal to read as an empty repository when a push is allowed", async () => {
    const registry = open(await denying(true), credentials);
    await expect(registry.tags("a")).rejects.toThrow("refuses the user me (403)");
    expect(await readAsWriter(registry).tags("a")).toEqual([]);
    expect(await readAsWriter(registry).manifest("a", "1.0.0")).toBeUndefined();
  });

  test("shows the refusal when a push is also not allowed (F105)", async () => {
    const registry = readAsWriter(open(await denying(false), credentials));
    await expect(registry.tags("a")).rejects.toThrow("the start of an upload to a: ");
    await expect(registry.manifest("a", "1.0.0")).rejects.toThrow("refuses the user me (403)");
  });
});

test.each<[header: string, scheme: string | undefined, realm: string | undefined]>([
  ['Bearer realm="https://auth.example/token",service="x"', "bearer", "https://auth.example/token"],
  ["bEaReR Realm=plain", "bearer", "plain"],
  ['Basic realm="a \\"b\\", c"', "basic", 'a "b", c'],
  ["Basic", "basic", undefined],
  ["", undefined, undefined],
  ['="x"', undefined, undefined],
])("reads the challenge %j", (header, scheme, realm) => {
  const challenge = parseChallenge(header);
  expect(challenge?.scheme).toBe(scheme);
  expect(challenge?.parameters.get("realm")).toBe(realm);
});

test.each([
  ["docker.io", "https://registry-1.docker.io/"],
  ["ghcr.io", "https://ghcr.io/"],
  ["localhost:5000", "http://localhost:5000/"],
  ["127.0.0.1.example:5000", "https://127.0.0.1.example:5000/"],
])("reaches %s at %s", (registry, origin) => {
  expect(originOf(registry).href).toBe(origin);
});
