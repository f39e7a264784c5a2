import { getEventListeners } from "node:events";
import type { IncomingMessage, RequestListener } from "node:http";
import { Readable } from "node:stream";
import { afterEach, describe, expect, test } from "@jest/globals";
import { TransientError } from "./retry.ts";
import { LoopbackServers } from "./testing/index.ts";
import { createTransport, excerpt, readBody, readText, retryAfter, transient } from "./transport.ts";

const servers = new LoopbackServers();
afterEach(() => servers.close());
const serve = (listener: RequestListener): Promise<URL> => servers.start(listener);

describe("the transport", () => {
  test("sends a body and reads the answer", async () => {
    const url = await serve((message, response) => message.pipe(response));
    const response = await createTransport()({ url, method: "POST", body: "hello" });
    expect([response.status, await readText(response, { limit: 100 })]).toEqual([200, "hello"]);
  });

  test("names the host and the cause when nobody answers (F01)", async () => {
    const url = new URL("http://127.0.0.1:9/");
    await expect(createTransport()({ url })).rejects.toThrow(/^127\.0\.0\.1:9: connect ECONNREFUSED/);
    const unknown = createTransport()({ url: new URL("http://no-such-host.invalid/") });
    await expect(unknown).rejects.toThrow(/^no-such-host\.invalid: .*(ENOTFOUND|EAI_AGAIN)/);
  });

  test("does not wait forever for headers (F10)", async () => {
    const url = await serve(() => undefined);
    await expect(createTransport()({ url, headersTimeoutMs: 50 })).rejects.toThrow("sent no answer within 0.05 s");
  });

  test("does not read more than the limit, or wait forever for the rest", async () => {
    const url = await serve((_message, response) => response.write("x".repeat(1000)));
    const transport = createTransport();
    await expect(readText(await transport({ url }), { limit: 999 })).rejects.toThrow("more than 999 bytes");
    await expect(readText(await transport({ url }), { limit: 9999, silenceMs: 50 })).rejects.toThrow("stopped");
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

  test("causes no unhandled error when an unread answer is cancelled", async () => {
    const url = await serve((_message, response) => response.write("x"));
    const cancel = new AbortController();
    const { body } = await createTransport()({ url, signal: cancel.signal });
    const closed = new Promise((resolve) => body.on("close", resolve));
    cancel.abort(new Error("cancelled"));
    await closed;
    expect(body.errored?.message).toBe("cancelled");
  });

  test("uses the proxy that the environment names", async () => {
    const url = await serve((message, response) => response.end(`asked for ${message.url}`));
    const transport = createTransport({ HTTP_PROXY: url.href });
    const target = new URL("http://storage.invalid/a");
    const response = await transport({ url: target });
    expect(await readText(response, { limit: 100 })).toBe("asked for http://storage.invalid/a");
  });
});

describe("a request", () => {
  test("sends its own user agent, unless the caller sets one", async () => {
    const url = await serve((message, response) => response.end(message.headers["user-agent"]));
    const ask = async (headers: Record<string, string>) =>
      await readText(await createTransport()({ url, headers }), { limit: 100 });
    expect(await ask({})).toBe("release-actions");
    expect(await ask({ "User-Agent": "docker" })).toBe("docker");
  });

  test("is a GET by default, and reuses the previous connection", async () => {
    const sockets = new Set<unknown>();
    const url = await serve((message, response) => {
      sockets.add(message.socket);
      response.end(message.method);
    });
    const transport = createTransport();
    expect(await readText(await transport({ url }), { limit: 100 })).toBe("GET");
    expect(await readText(await transport({ url }), { limit: 100 })).toBe("GET");
    expect(sockets.size).toBe(1);
  });

  async function* pieces(): AsyncGenerator<Uint8Array> {
    yield Buffer.from("he");
    yield Buffer.from("llo");
  }

  test.each([
    ["a text", "hello", "length 5"],
    ["bytes", Buffer.from("hello"), "length 5"],
    ["a stream", pieces(), "chunked"],
  ])("sends %s with the matching length or encoding header", async (_what, body, expected) => {
    const url = await serve((message, response) => {
      const { "content-length": length, "transfer-encoding": coding } = message.headers;
      response.write(`${coding ?? `length ${length}`}: `);
      message.pipe(response);
    });
    const response = await createTransport()({ url, method: "PUT", body });
    expect(await readText(response, { limit: 100 })).toBe(`${expected}: hello`);
  });

  test("ends with the error of the stream that it sends", async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("x");
      throw new RangeError("the disk is gone");
    }
    const url = await serve((message) => message.resume());
    await expect(createTransport()({ url, method: "PUT", body: broken() })).rejects.toThrow(RangeError);
  });

  test("is not sent when it is already cancelled", async () => {
    let asked = 0;
    const url = await serve((_message, response) => {
      asked += 1;
      response.end();
    });
    const reason = new Error("cancelled");
    await expect(createTransport()({ url, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(asked).toBe(0);
  });

  test("ends with the reason of the cancellation, which is not transient", async () => {
    const url = await serve(() => undefined);
    for (const [reason, expected] of [
      [new RangeError("enough"), RangeError],
      ["enough", /^aborted$/],
    ] as const) {
      const cancel = new AbortController();
      const waiting = createTransport()({ url, signal: cancel.signal });
      cancel.abort(reason);
      await expect(waiting).rejects.toThrow(expected);
      await expect(waiting).rejects.not.toBeInstanceOf(TransientError);
    }
  });

  test("removes its listeners, however it ends", async () => {
    const { signal } = new AbortController();
    await expect(createTransport()({ url: new URL("http://127.0.0.1:9/"), signal })).rejects.toThrow(TransientError);
    await new Promise(setImmediate);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
    const url = await serve((_message, response) => response.end("x"));
    const response = await createTransport()({ url, signal });
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    await readText(response, { limit: 100 });
    await new Promise(setImmediate);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  test("waits longer for a body than for the headers", async () => {
    const url = await serve((_message, response) => {
      response.write("x");
      setTimeout(() => response.end("y"), 300);
    });
    const response = await createTransport()({ url, headersTimeoutMs: 200 });
    expect(await readText(response, { limit: 100 })).toBe("xy");
  });
});

describe("readBody", () => {
  test("reads as many bytes as the limit allows", async () => {
    const url = await serve((_message, response) => response.end("x".repeat(1000)));
    expect(await readBody(await createTransport()({ url }), { limit: 1000 })).toHaveLength(1000);
  });

  test("removes its timers, which would keep the process alive", async () => {
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
    const url = new URL("http://registry.example/");
    const before = timers();
    const body = Readable.from([Buffer.from("x")]) as IncomingMessage;
    expect(await readBody({ status: 200, headers: {}, url, body }, { limit: 1 })).toHaveLength(1);
    expect(timers()).toBe(before);
  });

  test("continues a slow answer that is not silent, up to its time limit", async () => {
    const url = await serve((message, response) => {
      let left = 12;
      const timer = setInterval(() => {
        left -= 1;
        if (left > 0) response.write("x");
        else response.end();
      }, 60);
      message.on("close", () => clearInterval(timer));
    });
    const ask = async () => await createTransport()({ url });
    const [whole] = await Promise.all([
      readBody(await ask(), { limit: 100, silenceMs: 500 }),
      expect(readBody(await ask(), { limit: 100, withinMs: 100 })).rejects.toThrow("within 0.1 s"),
    ]);
    expect(whole).toHaveLength(11);
  });
});

describe("transient", () => {
  const url = new URL("https://registry.example/v2/");
  const failure = (message: string, code?: string) =>
    Object.assign(new Error(message), code === undefined ? {} : { code });

  test.each([
    ["adds the code to a message without it", failure("socket hang up", "ECONNRESET"), "socket hang up (ECONNRESET)"],
    ["does not repeat a code", failure("read ECONNRESET", "ECONNRESET"), "read ECONNRESET"],
    ["keeps the message of an error without a code", failure("other side closed"), "other side closed"],
    ["keeps a thrown text", "closed", "closed"],
  ])("%s", (_how, error, expected) => {
    expect(transient(url, error)).toMatchObject({ message: `registry.example: ${expected}`, cause: error });
  });

  test("returns a TransientError unchanged", () => {
    const known = new TransientError("busy");
    expect(transient(url, known)).toBe(known);
  });
});

describe("retryAfter", () => {
  const now = Date.parse("2026-01-01T00:00:00Z");
  test.each([
    [undefined, undefined],
    ["7", 7000],
    ["120", 120_000],
    ["1.5", 1500],
    ["0.0001", 1],
    ["-5", undefined],
    ["2026", 2_026_000],
    ["2, 1", undefined],
    ["Thursday, 01-Jan-26 00:00:09 GMT", 9000],
    ["Thu Jan  1 00:00:09 2026", 9000],
    ["Thu, 01 Jan 2026 00:00:09 GMT", 9000],
    ["Wed, 31 Dec 2025 00:00:00 GMT", 0],
    ["soon", undefined],
    ["30, 60", undefined],
  ])("reads %j as %p ms", (header, expected) => {
    expect(retryAfter(header === undefined ? {} : { "retry-after": header }, now)).toBe(expected);
  });
});

test("excerpt returns one line of limited length", () => {
  expect(excerpt(" <html>\n  <body> ")).toBe("<html> <body>");
  expect(excerpt("x".repeat(200))).toBe(`${"x".repeat(120)}…`);
  expect(excerpt("x".repeat(121))).toBe(`${"x".repeat(120)}…`);
  expect(excerpt("x".repeat(120))).toBe("x".repeat(120));
});
