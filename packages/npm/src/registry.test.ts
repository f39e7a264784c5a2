import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { afterEach, describe, expect, test } from "@jest/globals";
import { createTransport } from "@release-actions/http";
import { LoopbackServers } from "@release-actions/http/testing";
import { silentReporter } from "@release-actions/report";
import { type NpmRegistry, openNpmRegistry } from "./registry.ts";
import { identityTokenFor } from "./trusted-publishing.ts";

const servers = new LoopbackServers();
afterEach(() => servers.close());
const serve = async (handle: RequestListener): Promise<string> => (await servers.start(handle)).origin;

const services = {
  transport: createTransport(),
  reporter: silentReporter,
  signal: new AbortController().signal,
  patience: { budgetMs: 300, firstPauseMs: 1, longestPauseMs: 10 },
};
const open = (origin: string, token?: string): NpmRegistry => openNpmRegistry(origin, { ...services, token });
const answering = (status: number, body: unknown) => (_request: IncomingMessage, response: ServerResponse) =>
  void response.writeHead(status).end(typeof body === "string" ? body : JSON.stringify(body));

describe("openNpmRegistry", () => {
  test("reads versions and dist-tags without caches, and encodes the slash of a scope", async () => {
    const asked: unknown[] = [];
    const dist = { integrity: "sha512-x", shasum: "y", tarball: "http://127.0.0.1/w.tgz", attestations: { url: "z" } };
    const origin = await serve((request, response) => {
      asked.push([request.url, request.headers.authorization]);
      answering(200, { name: "@a/w", "dist-tags": { latest: "1.0.0" }, versions: { "1.0.0": { dist } } })(
        request,
        response,
      );
    });
    expect(await open(`${origin}/npm`, "T").packument("@a/w")).toEqual({
      tags: new Map([["latest", "1.0.0"]]),
      versions: new Map([["1.0.0", { integrity: "sha512-x", tarball: dist.tarball }]]),
    });
    expect(asked).toEqual([["/npm/@a%2fw?write=true", "Bearer T"]]);
  });

  test("distinguishes a name that does not exist from one with all versions unpublished", async () => {
    expect(await open(await serve(answering(404, {}))).packument("w")).toBeUndefined();
    const unpublished = await serve(answering(200, { name: "w", time: { unpublished: {} } }));
    expect(await open(unpublished).packument("w")).toEqual({ tags: new Map(), versions: new Map() });
  });

  test("retries transient errors, including an HTML page from a proxy (F13, F19)", async () => {
    const answers: [number, unknown][] = [
      [503, "busy"],
      [429, ""],
      [200, "<html>Log in</html>"],
      [200, { versions: {} }],
    ];
    const origin = await serve((request, response) => answering(...(answers.shift() ?? [500, ""]))(request, response));
    expect(await open(origin).packument("w")).toEqual({ tags: new Map(), versions: new Map() });
    await expect(open(origin).packument("w")).rejects.toThrow(/GET http.*\/w failed after \d+ tries: .*answered 500/);
  });

  test("treats a refusal as an error, not as a missing package", async () => {
    const origin = await serve(answering(403, { error: "blocked" }));
    await expect(open(origin).packument("w")).rejects.toThrow('answered 403: {"error":"blocked"}');
  });

  test("does not send the token to another host, or follow a redirect to plain HTTP elsewhere (F16)", async () => {
    const seen: (string | undefined)[] = [];
    const origin = await serve((request, response) => {
      seen.push(request.headers.authorization);
      const [, to] = /\?to=(.+)/.exec(request.url ?? "") ?? [];
      if (to === undefined) response.end("content");
      else response.writeHead(302, { Location: decodeURIComponent(to) }).end();
    });
    const version = (to: string) => ({
      integrity: "sha512-x",
      tarball: `${origin}/w.tgz?to=${encodeURIComponent(to)}`,
    });
    const registry = open(origin, "T");
    expect(Buffer.from(await registry.tarball(version("/other.tgz"))).toString()).toBe("content");
    expect(seen).toEqual(["Bearer T", "Bearer T"]);
    await expect(registry.tarball(version("http://other.example/w.tgz"))).rejects.toThrow("an unencrypted URL");
    const elsewhere = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.end("content");
    });
    await registry.tarball({ ...version(""), tarball: `${elsewhere}/w.tgz` });
    expect(seen.at(-1)).toBeUndefined();
  });

  test.each<[string, number, unknown]>([
    ["401", 401, {}],
    ["without a user name", 200, {}],
  ])("reports a token that is not accepted when the registry answers %s", async (_what, status, body) => {
    await expect(open(await serve(answering(status, body)), "T").whoami()).rejects.toThrow("does not accept the token");
  });

  test("returns no access rights when the registry does not provide them", async () => {
    expect(await open(await serve(answering(404, {}))).collaborators("w")).toBeUndefined();
    expect(await open(await serve(answering(200, { me: "read-write" }))).collaborators("w")).toEqual(
      new Map([["me", "read-write"]]),
    );
  });

  test.each(["http://registry.example", "https://user:secret@registry.example", "registry.example", "file:///tmp"])(
    "refuses the address %s",
    (address) => {
      expect(() => open(address)).toThrow("expected an address that begins with https://");
    },
  );
});

describe("identityTokenFor", () => {
  test("requests the audience that npm uses for the registry, and retries when GitHub is busy (F103)", async () => {
    const asked: unknown[] = [];
    const answers: [number, unknown][] = [
      [503, ""],
      [200, { value: "identity" }],
    ];
    const origin = await serve((request, response) => {
      asked.push([request.url, request.headers.authorization]);
      answering(...(answers.shift() ?? [500, ""]))(request, response);
    });
    const identity = { requestUrl: `${origin}/token?api-version=2`, requestToken: "R" };
    expect(await identityTokenFor(new URL("https://registry.example/npm/"), identity, services)).toBe("identity");
    expect(asked.at(-1)).toEqual(["/token?api-version=2&audience=npm%3Aregistry.example", "Bearer R"]);
  });
});
