import { describe, expect, test } from "@jest/globals";
import { decompressBzip2 } from "./bzip2.ts";
import { chunked, collect } from "./testing/streams.ts";

/** `printf hello | bzip2` */
const HELLO = Buffer.from("425a68393141592653591931653d00000081000244a000219a68334d07338bb9229c28480c98b29e80", "hex");

const read = async (bytes: Uint8Array, size = 7): Promise<string> =>
  (await collect(decompressBzip2(chunked(bytes, size)))).toString();

describe("decompressBzip2", () => {
  test("decompresses, however the input is cut", async () => {
    expect(await read(HELLO)).toBe("hello");
    expect(await read(HELLO, 1)).toBe("hello");
    expect(await read(HELLO, 1000)).toBe("hello");
  });

  test("reads two streams as one, and several at once", async () => {
    expect(await read(Buffer.concat([HELLO, HELLO]))).toBe("hellohello");
    expect(await Promise.all([read(HELLO), read(HELLO, 1)])).toEqual(["hello", "hello"]);
  });

  test.each<[string, Buffer, RegExp]>([
    ["nothing", Buffer.alloc(0), /is empty/],
    ["another format", Buffer.from("PK\u0003\u0004 and more"), /not bzip2 data/],
    ["an early end", HELLO.subarray(0, -3), /ends too early/],
    ["a changed byte", Buffer.from(HELLO).fill(1, 30, 31), /broken|too early/],
    ["something behind it", Buffer.concat([HELLO, Buffer.from("more")]), /something else follows/],
  ])("refuses %s", async (_, bytes, message) => {
    await expect(read(bytes)).rejects.toThrow(message);
  });
});
