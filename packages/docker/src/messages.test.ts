import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { readMessages } from "./messages.ts";

async function* pieces(...texts: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

async function collect(...texts: readonly (string | Uint8Array)[]): Promise<unknown[]> {
  const messages: unknown[] = [];
  for await (const message of readMessages(pieces(...texts), "loading")) messages.push(message);
  return messages;
}

describe("readMessages", () => {
  test("reads one message per line, with either line ending or none at the end, and skips empty lines", async () => {
    expect(await collect('{"a":1}\r\n\n  \n{"b":2}\n{"c":3}')).toEqual([{ a: 1 }, { b: 2 }, { c: 3 }]);
    expect(await collect("")).toEqual([]);
  });

  test("accepts chunks that split lines and characters", async () => {
    const message = fc
      .dictionary(fc.string(), fc.string({ unit: "binary" }))
      .filter((it) => !("error" in it || "errorDetail" in it));
    await fc.assert(
      fc.asyncProperty(fc.array(message), fc.array(fc.nat(200)), async (messages, cuts) => {
        const bytes = Buffer.from(messages.map((it) => `${JSON.stringify(it)}\n`).join(""));
        const places = [
          0,
          ...[...new Set(cuts)].sort((a, b) => a - b).filter((cut) => cut < bytes.length),
          bytes.length,
        ];
        const parts = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
        expect(await collect(...parts)).toEqual(JSON.parse(JSON.stringify(messages)));
      }),
      { numRuns: 50 },
    );
  });

  test.each([
    ["as Docker reports it", '{"errorDetail":{"code":1,"message":"unpacking failed"},"error":"unpacking failed"}'],
    ["as podman reports it", '{"error":"unpacking failed"}'],
  ])("throws an error from inside the stream, %s", async (_name, line) => {
    await expect(collect('{"status":"ok"}\n', line)).rejects.toMatchObject({
      name: "EngineError",
      status: undefined,
      said: "unpacking failed",
      message: "loading: the engine says: unpacking failed",
    });
  });

  test("passes on messages before an error", async () => {
    const seen: unknown[] = [];
    const read = async (): Promise<void> => {
      for await (const message of readMessages(pieces('{"a":1}\n{"error":"no"}\n'), "loading")) seen.push(message);
    };
    await expect(read()).rejects.toThrow("no");
    expect(seen).toEqual([{ a: 1 }]);
  });

  test.each([
    ["a line of text", "Loaded image: x\n", /is not JSON/],
    ["an HTML page of a proxy", "<html>502</html>", /is not JSON/],
    ["a truncated message", '{"stream":"Loa', /is not JSON/],
    ["a list", "[]\n", /which is not a message/],
    ["null", "null\n", /which is not a message/],
    ["bytes that are not text", "\xff\xfe".repeat(3), /is not/],
  ])("refuses %s", async (_name, text, message) => {
    await expect(collect(Buffer.from(text, "latin1"))).rejects.toThrow(message);
  });

  test("refuses a message without an end, in bounded memory (B61)", async () => {
    const endless = async function* (): AsyncGenerator<Uint8Array> {
      for (;;) yield Buffer.alloc(65_536, 0x20);
    };
    const read = async (): Promise<void> => {
      for await (const _ of readMessages(endless(), "loading"));
    };
    await expect(read()).rejects.toThrow(/a message of more than/);
  });
});
