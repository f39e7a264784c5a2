import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, describe, expect, test } from "@jest/globals";
import { createFetch } from "@release-actions/http";
import { LoopbackServers } from "@release-actions/http/testing";
import { verifyRedirect } from "./verify.ts";

type Handler = (request: IncomingMessage, response: ServerResponse, base: string) => void;

const servers = new LoopbackServers();
afterEach(() => servers.close());

async function serve(handler: Handler): Promise<string> {
  const { origin } = await servers.start((request, response) => handler(request, response, origin));
  return origin;
}

/** `/github/*` is the original, which redirects to storage as GitHub does; each test defines `/gateway/*`. */
function release(
  gateway: (file: string, base: string) => { status: number; location?: string; length?: number },
): Handler {
  return (request, response, base) => {
    const [, place, ...rest] = (request.url ?? "").split(/[/?]/);
    const file = rest.join("/");
    const answer =
      place === "gateway"
        ? gateway(file, base)
        : place === "github"
          ? { status: 302, location: `${base}/storage/${file}?signature=secret` }
          : { status: 200, length: 1234 };
    if (request.method !== "HEAD") return void response.writeHead(405).end();
    const location = "location" in answer && answer.location !== undefined ? { location: answer.location } : {};
    const length = "length" in answer && answer.length !== undefined ? { "content-length": answer.length } : {};
    response.writeHead(answer.status, { ...location, ...length }).end();
  };
}

async function verify(handler: Handler) {
  const base = await serve(handler);
  const verdict = await verifyRedirect(`${base}/gateway/v1/a.zip`, `${base}/github/v1/a.zip`, {
    fetch: createFetch({}),
  });
  return verdict.ok ? verdict : verdict.reason.replaceAll(base, "");
}

describe("verifyRedirect", () => {
  test("accepts a redirect to the file that was replaced", async () => {
    const verdict = await verify(release((file, base) => ({ status: 302, location: `${base}/github/${file}` })));
    expect(verdict).toEqual({ ok: true, size: 1234 });
  });

  test("accepts a relative redirect, and more than one", async () => {
    const hops = release((file) =>
      file.startsWith("again/")
        ? { status: 307, location: `/github/${file.slice("again/".length)}` }
        : { status: 301, location: `/gateway/again/${file}` },
    );
    expect(await verify(hops)).toEqual({ ok: true, size: 1234 });
  });

  test.each<[name: string, handler: Handler, reason: string]>([
    [
      "a redirect to another file",
      release((_file, base) => ({ status: 302, location: `${base}/github/v1/b.zip` })),
      "/gateway/v1/a.zip leads to /storage/v1/b.zip, expected /github/v1/a.zip",
    ],
    [
      "a redirect to another version",
      release((_file, base) => ({ status: 302, location: `${base}/github/v2/a.zip` })),
      "leads to /storage/v2/a.zip",
    ],
    [
      "an answer that is not a redirect",
      release(() => ({ status: 200, length: 1234 })),
      "/gateway/v1/a.zip answers 200 itself, expected a redirect",
    ],
    ["a missing package", release(() => ({ status: 404 })), "answers 404 itself"],
    [
      "a redirect in circles",
      release((file, base) => ({ status: 302, location: `${base}/gateway/${file}` })),
      "more than 5 redirects",
    ],
  ])("refuses %s", async (_name, handler, reason) => {
    expect(await verify(handler)).toContain(reason);
  });

  test("refuses a file that is missing behind both URLs", async () => {
    const gone: Handler = (request, response, base) => {
      if (request.url?.startsWith("/gateway/")) response.writeHead(302, { location: `${base}/github/v1/a.zip` }).end();
      else response.writeHead(404).end();
    };
    expect(await verify(gone)).toContain("leads to status 404 at /github/v1/a.zip");
  });

  test("refuses a different size", async () => {
    let asked = 0;
    const growing: Handler = (request, response, base) => {
      if (request.url?.startsWith("/gateway/"))
        return void response.writeHead(302, { location: `${base}/github/v1/a.zip` }).end();
      asked += 1;
      response.writeHead(200, { "content-length": asked }).end();
    };
    expect(await verify(growing)).toContain(
      "/gateway/v1/a.zip serves 1 byte, expected 2 bytes as /github/v1/a.zip does",
    );
  });

  test("names the URL that does not answer, without its signature", async () => {
    const verdict = await verifyRedirect("http://127.0.0.1:1/v1/a.zip", "http://127.0.0.1:1/x", {
      fetch: createFetch({}),
    });
    expect(verdict).toMatchObject({
      ok: false,
      reason: expect.stringContaining("http://127.0.0.1:1/v1/a.zip cannot be verified"),
    });
  });

  test("stops when the signal is aborted", async () => {
    await expect(
      verifyRedirect("http://127.0.0.1:1/", "http://127.0.0.1:1/x", {
        fetch: createFetch({}),
        signal: AbortSignal.abort(new Error("cancelled")),
      }),
    ).rejects.toThrow("cancelled");
  });
});
