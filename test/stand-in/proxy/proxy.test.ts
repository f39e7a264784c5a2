import { once } from "node:events";
import { createServer, type IncomingMessage, request } from "node:http";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { afterAll, afterEach, describe, expect, test } from "@jest/globals";
import { closeServer, listen, originOf } from "../http.ts";
import type { NetworkFault } from "./faults.ts";
import { startProxy } from "./proxy.ts";

const BODY = Buffer.from("0123456789".repeat(20_000));

const served: string[] = [];
const server = createServer(async (message, response) => {
  served.push(`${message.method} ${message.url}`);
  const sent = await buffer(message);
  const [, from] = /^bytes=(\d+)-/.exec(message.headers.range ?? "") ?? [];
  const body = message.method === "PUT" ? Buffer.from(String(sent.length)) : BODY.subarray(Number(from ?? 0));
  const headers = { "Content-Length": body.length, "Accept-Ranges": "bytes", "Content-Type": "application/zip" };
  response.writeHead(from === undefined ? 200 : 206, headers).end(body);
});
await listen(server);
const proxy = await startProxy(originOf(server));
afterEach(() => {
  proxy.reset();
  served.length = 0;
});
afterAll(async () => {
  await proxy.close();
  await closeServer(server);
});

interface Got {
  readonly status: number | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
  /** The error when the body did not end as announced. */
  readonly error: string | undefined;
}

/** Uses plain node:http, so that the test sees exactly what was sent. */
async function get(path: string, headers: Record<string, string> = {}, timeoutMs = 2000): Promise<Got> {
  const outgoing = request(`${proxy.origin}${path}`, { headers, agent: false }).end();
  outgoing.on("error", () => undefined);
  const timer = setTimeout(() => outgoing.destroy(new Error("timeout")), timeoutMs);
  try {
    const [message] = (await once(outgoing, "response")) as [IncomingMessage];
    const chunks: Buffer[] = [];
    let error: string | undefined;
    try {
      for await (const chunk of message) chunks.push(chunk as Buffer);
    } catch (thrown) {
      error = String(thrown);
    }
    return { status: message.statusCode, headers: message.headers, body: Buffer.concat(chunks), error };
  } finally {
    clearTimeout(timer);
  }
}

describe("the proxy", () => {
  test("passes on requests without a fault, ranges and uploads included", async () => {
    expect(await get("/x")).toMatchObject({ status: 200, body: BODY, error: undefined });
    expect((await get("/x", { Range: "bytes=199990-" })).body.toString()).toBe("0123456789");
    const put = await fetch(`${proxy.origin}/up`, { method: "PUT", body: new Uint8Array(300_000) });
    expect(await put.text()).toBe("300000");
    expect(proxy.passages.map(({ method, status }) => [method, status])).toEqual([
      ["GET", 200],
      ["GET", 206],
      ["PUT", 200],
    ]);
  });

  test("limits each connection by itself, and delays answers", async () => {
    Object.assign(proxy.limits, { bytesPerSecond: 1_000_000, latencyMs: 20 });
    const timed = async (work: () => Promise<unknown>): Promise<number> => {
      const started = performance.now();
      await work();
      return performance.now() - started;
    };
    const alone = await timed(() => get("/1"));
    const together = await timed(() => Promise.all([get("/1"), get("/2"), get("/3")]));
    expect(alone).toBeGreaterThan(230);
    expect(together).toBeLessThan(2 * alone);
    expect(proxy.peakRequests).toBe(3);
  });

  test("applies faults to the requests that a rule matches, as many times as it says", async () => {
    const rule = proxy.inject({ url: /^\/a/, skip: 1, times: 1 }, { kind: "answer", status: 503 });
    const statuses = [];
    for (const path of ["/a", "/b", "/a", "/a"]) statuses.push((await get(path)).status);
    expect(statuses).toEqual([200, 200, 503, 200]);
    expect(rule.hits).toBe(1);
    expect(served).toHaveLength(3);
  });

  test("resets a connection before the server gets the request, or after it has answered", async () => {
    proxy.inject({ url: /before/ }, { kind: "reset" });
    proxy.inject({ url: /after/ }, { kind: "lost-answer" });
    await expect(get("/before")).rejects.toMatchObject({ code: "ECONNRESET" });
    await expect(get("/after")).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(served).toEqual(["GET /after"]);
  });

  const cases: [string, NetworkFault[], Partial<Got> | ((got: Got) => unknown)][] = [
    [
      "resets in the body",
      [{ kind: "reset", after: 100_000 }],
      ({ body, error }) => expect([body.length, error]).toEqual([100_000, "Error: aborted"]),
    ],
    [
      "ends before the announced length",
      [{ kind: "cut", after: 100_000 }],
      ({ body, error }) => expect([body.length, error]).toEqual([100_000, "Error: aborted"]),
    ],
    [
      "ends inside a chunked body",
      [
        { kind: "no-length", framing: "chunked" },
        { kind: "cut", after: 100_000 },
      ],
      ({ headers, body, error }) =>
        expect([headers["transfer-encoding"], body.length, error]).toEqual(["chunked", 100_000, "Error: aborted"]),
    ],
    [
      "ends a body without framing, which looks complete",
      [
        { kind: "no-length", framing: "close" },
        { kind: "cut", after: 100_000 },
      ],
      ({ headers, body, error }) =>
        expect([headers["transfer-encoding"], headers["content-length"], body.length, error]).toEqual([
          undefined,
          undefined,
          100_000,
          undefined,
        ]),
    ],
    [
      "stalls in the body",
      [{ kind: "stall", after: 50_000 }],
      ({ body, error }) => expect([body.length, error]).toEqual([50_000, "Error: aborted"]),
    ],
    [
      "drips",
      [{ kind: "drip", bytesPerSecond: 100 }],
      ({ body, error }) => expect([body.length < 1000, error]).toEqual([true, "Error: aborted"]),
    ],
    [
      "answers by itself",
      [{ kind: "answer", status: 429, headers: { "Retry-After": "3" }, body: "slow" }],
      { status: 429, body: Buffer.from("slow") },
    ],
    [
      "sets and removes headers",
      [{ kind: "headers", set: { "content-disposition": "../x", "content-type": undefined } }],
      ({ headers }) => expect([headers["content-disposition"], headers["content-type"]]).toEqual(["../x", undefined]),
    ],
    ["changes the status", [{ kind: "status", status: 201 }], { status: 201, body: BODY }],
    [
      "compresses",
      [{ kind: "gzip" }],
      ({ headers, body }) =>
        expect([headers["content-encoding"], gunzipSync(body).equals(BODY)]).toEqual(["gzip", true]),
    ],
    [
      "flips a bit",
      [{ kind: "flip", at: 100_001 }],
      ({ body }) => expect([body[100_001], BODY[100_001]]).toEqual([0x30, 0x31]),
    ],
    ["empties", [{ kind: "empty" }], { status: 200, body: Buffer.alloc(0) }],
  ];
  test.each(cases)("%s", async (_title, faults, expected) => {
    proxy.inject({}, ...faults);
    const got = await get("/x");
    if (typeof expected === "function") expected(got);
    else expect(got).toMatchObject(expected);
  });

  test("stalls before the headers", async () => {
    proxy.inject({}, { kind: "stall" });
    await expect(get("/x", {}, 100)).rejects.toThrow("timeout");
  });

  test("hides that the server supports ranges", async () => {
    proxy.inject({}, { kind: "no-ranges" });
    const got = await get("/x", { Range: "bytes=199990-" });
    expect([got.status, got.headers["accept-ranges"], got.body.length]).toEqual([200, undefined, BODY.length]);
  });
});
