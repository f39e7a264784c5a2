import { describe, expect, test } from "@jest/globals";
import { EngineConnectionLost } from "./fault.ts";
import { type Reply, startScriptedEngine } from "./testing/scripted-engine.ts";
import { type Bytes, exchange } from "./transport.ts";

const cut: Reply = (response) => {
  response.writeHead(200);
  response.write("half of");
  setTimeout(() => response.destroy(), 10);
};
const hangUp: Reply = (response) => void response.destroy();
const silence: Reply = () => undefined;

async function read(body: Bytes): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe("exchange", () => {
  test("distinguishes a truncated answer from a complete one", async () => {
    await using engine = await startScriptedEngine({ "GET /cut": cut });
    const { body } = await exchange(engine.endpoint, { method: "GET", path: "/cut" });
    await expect(read(body)).rejects.toThrow(EngineConnectionLost);
  });

  test("keeps the system's error as the cause when the connection fails before an answer", async () => {
    await using engine = await startScriptedEngine({ "GET /": hangUp });
    const broken = exchange(engine.endpoint, { method: "GET", path: "/" });
    await expect(broken).rejects.toThrow(EngineConnectionLost);
    await expect(broken).rejects.toMatchObject({ cause: { code: "ECONNRESET" } });
  });

  test("throws the signal's reason before the request, while waiting, and while reading", async () => {
    await using engine = await startScriptedEngine({
      "GET /silence": silence,
      "GET /cut": (response) => void response.write("x"),
    });
    const reason = new RangeError("enough");
    const call = (path: string, signal: AbortSignal) => exchange(engine.endpoint, { method: "GET", path, signal });
    await expect(call("/silence", AbortSignal.abort(reason))).rejects.toBe(reason);
    const waiting = new AbortController();
    setTimeout(() => waiting.abort(reason), 20);
    await expect(call("/silence", waiting.signal)).rejects.toBe(reason);
    const reading = new AbortController();
    const { body } = await call("/cut", reading.signal);
    setTimeout(() => reading.abort(reason), 20);
    await expect(read(body)).rejects.toBe(reason);
  });

  test("throws the error of the request body, even when the answer has begun", async () => {
    await using engine = await startScriptedEngine({
      "POST /waits": (_response, request) => void request.resume(),
      "POST /answers": (response, request) => {
        request.resume();
        response.write("so far so good");
      },
    });
    const wrong = new RangeError("the digest is wrong");
    const body = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from("x");
      await new Promise((resolve) => setTimeout(resolve, 50));
      throw wrong;
    };
    await expect(exchange(engine.endpoint, { method: "POST", path: "/waits", body: body() })).rejects.toBe(wrong);
    const answer = await exchange(engine.endpoint, { method: "POST", path: "/answers", body: body() });
    await expect(read(answer.body)).rejects.toBe(wrong);
  });

  test("stops sending when the engine refuses, and returns its answer", async () => {
    await using engine = await startScriptedEngine({
      // Like Go's server, Node's server then continues to read for a while, so that the answer is not lost with the connection.
      "POST /load": (response) =>
        void response.writeHead(507, { connection: "keep-alive" }).end("no space left on device"),
    });
    let sent = 0;
    const body = async function* (): AsyncGenerator<Uint8Array> {
      for (; sent < 1000; sent += 1) {
        yield Buffer.alloc(65_536);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    };
    const answer = await exchange(engine.endpoint, { method: "POST", path: "/load", body: body() });
    expect(answer.status).toBe(507);
    expect(await read(answer.body)).toBe("no space left on device");
    expect(sent).toBeLessThan(1000);
  });

  test("reads the body no faster than the engine receives it", async () => {
    await using engine = await startScriptedEngine({ "POST /load": silence });
    let sent = 0;
    const body = async function* (): AsyncGenerator<Uint8Array> {
      for (; sent < 1000; sent += 1) yield Buffer.alloc(65_536);
    };
    const signal = AbortSignal.timeout(300);
    await expect(exchange(engine.endpoint, { method: "POST", path: "/load", body: body(), signal })).rejects.toThrow();
    expect(sent).toBeLessThan(100);
  });
});
