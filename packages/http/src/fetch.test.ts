import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { afterEach, describe, expect, test } from "@jest/globals";
import { createFetch } from "./fetch.ts";
import { LoopbackServers } from "./testing/index.ts";

const servers = new LoopbackServers();
afterEach(() => servers.close());

describe("createFetch", () => {
  test("uses the proxy that the environment names, except for hosts in NO_PROXY", async () => {
    const proxy = await servers.start((request, response) => response.end(`by proxy: ${request.url}`));
    const direct = await servers.start((_request, response) => response.end("direct"));
    const env = { HTTP_PROXY: proxy.href, NO_PROXY: "127.0.0.1" };
    const ask = createFetch(env);
    expect(await (await ask("http://service.invalid/a")).text()).toBe("by proxy: http://service.invalid/a");
    expect(await (await ask(direct)).text()).toBe("direct");
  });

  test("asks a proxy for a tunnel to an HTTPS host", async () => {
    const tunnels: string[] = [];
    const proxy = await servers.start(() => undefined, {
      connect: (request, socket) => {
        tunnels.push(request.url ?? "");
        socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
      },
    });
    await expect(createFetch({ https_proxy: proxy.href })("https://service.invalid/")).rejects.toThrow("403");
    expect(tunnels).toEqual(["service.invalid:443"]);
  });

  test("returns status, headers and body, and null for a missing body", async () => {
    const url = await servers.start((request, response) => {
      if (request.url === "/none") response.writeHead(204).end();
      else response.writeHead(418, { "X-Scopes": "repo" }).end(JSON.stringify({ method: request.method }));
    });
    const answer = await createFetch({})(url, { method: "POST", body: "x" });
    expect([answer.status, answer.ok, answer.headers.get("x-scopes")]).toEqual([418, false, "repo"]);
    expect(await answer.json()).toEqual({ method: "POST" });
    expect((await createFetch({})(new URL("/none", url))).body).toBeNull();
    expect((await createFetch({})(url, { method: "HEAD" })).body).toBeNull();
  });

  test("follows a redirect without the secrets of the first host, or returns it when requested", async () => {
    const seen: (string | undefined)[] = [];
    const other = await servers.start((request, response) => response.end(String(request.headers.authorization)));
    const url = await servers.start((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(302, { location: request.url === "/round" ? "/round" : other.href }).end();
    });
    const init = { headers: { Authorization: "Bearer t" } };
    expect(await (await createFetch({})(url, init)).text()).toBe("undefined");
    expect((await createFetch({})(url, { ...init, redirect: "manual" })).status).toBe(302);
    expect(seen).toEqual(["Bearer t", "Bearer t"]);
    await expect(createFetch({})(new URL("/round", url))).rejects.toThrow("too many redirects");
  });

  test.each([
    [201, 201],
    [300, 300],
    [301, 200],
    [302, 200],
    [303, 200],
    [304, 304],
    [307, 200],
    [308, 200],
    [400, 400],
  ])("returns an answer %d with a location as %d", async (status, expected) => {
    const url = await servers.start((request, response) => {
      if (request.url === "/end") response.end();
      else response.writeHead(status, { location: "/end" }).end();
    });
    expect((await createFetch({})(url)).status).toBe(expected);
  });

  test("returns a redirect without a location, and refuses one with an invalid location", async () => {
    const url = await servers.start((request, response) => {
      response.writeHead(302, request.url === "/none" ? {} : { location: "http://[" }).end();
    });
    expect((await createFetch({})(new URL("/none", url))).status).toBe(302);
    await expect(createFetch({})(url)).rejects.toThrow("a redirect that cannot be followed");
  });

  test("follows a redirect of HEAD", async () => {
    const url = await servers.start((request, response) => {
      if (request.url === "/end") response.writeHead(200, { "X-Method": request.method }).end();
      else response.writeHead(307, { location: "/end" }).end();
    });
    const answer = await createFetch({})(url, { method: "HEAD" });
    expect([answer.status, answer.headers.get("x-method")]).toEqual([200, "HEAD"]);
  });

  test("does not follow a redirect of a request with a body", async () => {
    const url = await servers.start((_request, response) => response.writeHead(307, { location: "/end" }).end());
    await expect(createFetch({})(url, { method: "POST", body: "x" })).rejects.toThrow("cannot be followed");
  });

  test("drops only secret headers at another origin, and none at the same origin", async () => {
    const headers = { Cookie: "c", "Proxy-Authorization": "p", "Cookie-Policy": "all", "X-Authorization": "x" };
    const names = Object.keys(headers).map((name) => name.toLowerCase());
    const echo = (request: IncomingMessage) => names.filter((name) => request.headers[name] !== undefined).join(" ");
    const other = await servers.start((request, response) => response.end(echo(request)));
    const url = await servers.start((request, response) => {
      if (request.url === "/end") response.end(echo(request));
      else response.writeHead(302, { location: request.url === "/near" ? "/end" : other.href }).end();
    });
    expect(await (await createFetch({})(url, { headers })).text()).toBe("cookie-policy x-authorization");
    expect(await (await createFetch({})(new URL("/near", url), { headers })).text()).toBe(names.join(" "));
  });

  test.each([
    ["of a redirect", "GET", 302],
    ["without content", "GET", 204],
    ["that was not modified", "GET", 304],
    ["to HEAD", "HEAD", 200],
  ])("releases the connection after an answer %s", async (_which, method, status) => {
    const closed: Promise<unknown>[] = [];
    const url = await servers.start((request, response) => {
      closed.push(once(request.socket, "close"));
      if (request.url === "/end") return response.writeHead(204).end();
      response.writeHead(status, status === 302 ? { location: "/end" } : {});
      return status === 302 ? response.write("never ends") : response.end();
    });
    expect((await createFetch({})(url, { method })).body).toBeNull();
    await Promise.all(closed);
  });
});
