import type { RequestListener } from "node:http";
import { afterEach, describe, expect, test } from "@jest/globals";
import { LoopbackServers } from "./testing/index.ts";
import { createTransport, excerpt, readText, retryAfter } from "./transport.ts";

const servers = new LoopbackServers();
afterEach(() => servers.close());
const serve = (listener: RequestListener): Promise<URL> => servers.start(listener);

describe("the transport", () => {
  test("sends a body and reads the answer", async () => {
    const url = await serve((message, response) => message.pipe(response));
    const response = await createTransport()({ url, method: "POST", body: "hello" });
    expect([response.status, await readText(url, response, { limit: 100 })]).toEqual([200, "hello"]);
  });

  test("names the host and the cause when nobody answers (F01)", async () => {
    const url = new URL("http://127.0.0.1:9/");
    await expect(createTransport()({ url })).rejects.toThrow(/^127\.0\.0\.1:9: connect ECONNREFUSED/);
    const unknown = createTransport()({ url: new URL("http://no-such-host.invalid/") });
    await expect(unknown).rejects.toThrow(/^no-such-host\.invalid: .*(ENOTFOUND|EAI_AGAIN)/);
  });

  test("does not wait for headers for ever (F10)", async () => {
    const url = await serve(() => undefined);
    await expect(createTransport()({ url, headersTimeoutMs: 50 })).rejects.toThrow("sent no answer within 0.05 s");
  });

  test("does not read more than the limit, nor wait for ever for the rest", async () => {
    const url = await serve((_message, response) => response.write("x".repeat(1000)));
    const transport = createTransport();
    await expect(readText(url, await transport({ url }), { limit: 999 })).rejects.toThrow("more than 999 bytes");
    await expect(readText(url, await transport({ url }), { limit: 9999, silenceMs: 50 })).rejects.toThrow("stopped");
  });

  test("stops at once when it is cancelled, before and after the headers", async () => {
    const url = await serve((message, response) => (message.url === "/body" ? response.write("x") : undefined));
    const transport = createTransport();
    const cancel = new AbortController();
    const waiting = transport({ url, signal: cancel.signal });
    const reading = transport({ url: new URL("/body", url), signal: cancel.signal });
    const { body } = await reading;
    cancel.abort(new Error("cancelled"));
    await expect(waiting).rejects.toThrow("cancelled");
    await expect(body.toArray()).rejects.toThrow();
  });

  test("goes through the proxy that the environment names", async () => {
    const url = await serve((message, response) => response.end(`asked for ${message.url}`));
    const transport = createTransport({ HTTP_PROXY: url.href });
    const target = new URL("http://storage.invalid/a");
    const response = await transport({ url: target });
    expect(await readText(target, response, { limit: 100 })).toBe("asked for http://storage.invalid/a");
  });
});

describe("retryAfter", () => {
  const now = Date.parse("2026-01-01T00:00:00Z");
  test.each([
    [undefined, undefined],
    ["7", 7000],
    ["Thu, 01 Jan 2026 00:00:09 GMT", 9000],
    ["Wed, 31 Dec 2025 00:00:00 GMT", 0],
    ["soon", undefined],
  ])("reads %j as %p ms", (header, expected) => {
    expect(retryAfter(header === undefined ? {} : { "retry-after": header }, now)).toBe(expected);
  });
});

test("an excerpt is one line of bounded length", () => {
  expect(excerpt(" <html>\n  <body> ")).toBe("<html> <body>");
  expect(excerpt("x".repeat(200))).toHaveLength(121);
});
