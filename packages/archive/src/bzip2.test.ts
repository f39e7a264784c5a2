import { describe, expect, test } from "@jest/globals";
import { decompressBzip2 } from "./bzip2.ts";
import { chunked, collect } from "./testing/streams.ts";

/** `printf hello | bzip2` */
const HELLO = Buffer.from("425a68393141592653591931653d00000081000244a000219a68334d07338bb9229c28480c98b29e80", "hex");

/** `ab` 150,000 times, by `bzip2 -1`: three blocks of 100,000 bytes. */
const BLOCKS = Buffer.from(
  "425a6831314159265359f14b8b270061a30100300020003080291942505aa1282e6282b24ca6b2037dbcf800c3460200600040006100523542505942505cc50564994d67c52e2c9c01868c0400c0008000c200a46509416a84a0b98a0ac9329ace6c7e143800007008018001000184026a32351c5dc914e142428effd01c",
  "hex",
);

/** Zeros by `bzip2 -9`, 3,000,000 and 17,000,000 of them, each in one block. */
const ZEROS = Buffer.from(
  "425a6839314159265359a64580b20016fa4008c00040000008200030cc09aa69a9022da92045e2ee48a70a1214c8b01640",
  "hex",
);
const BOMB = Buffer.from(
  "425a68393141592653592b0090e10082354010c00001000008200030cc0529a6494206c525081e2ee48a70a120560121c2",
  "hex",
);

const read = async (bytes: Uint8Array, size = 7): Promise<string> =>
  (await collect(decompressBzip2(chunked(bytes, size)))).toString();

describe("decompressBzip2", () => {
  test("decompresses input in chunks of any size", async () => {
    expect(await read(HELLO)).toBe("hello");
    expect(await read(HELLO, 1)).toBe("hello");
    expect(await read(HELLO, 1000)).toBe("hello");
  });

  test("reads concatenated streams as one, and several streams at the same time", async () => {
    expect(await read(Buffer.concat([HELLO, HELLO]))).toBe("hellohello");
    expect(await Promise.all([read(HELLO), read(HELLO, 1)])).toEqual(["hello", "hello"]);
  });

  test("reads several blocks one at a time", async () => {
    const blocks: number[] = [];
    for await (const block of decompressBzip2(chunked(BLOCKS))) blocks.push(block.length);
    expect(blocks.length).toBeGreaterThan(2);
    expect(await read(BLOCKS)).toBe("ab".repeat(150_000));
  });

  test("reads a block that run-length encoding made much smaller", async () => {
    const content = await collect(decompressBzip2(chunked(ZEROS)));
    expect(content.equals(Buffer.alloc(3_000_000))).toBe(true);
  });

  test("refuses a decompression bomb, unless the caller allows its ratio", async () => {
    await expect(read(BOMB)).rejects.toMatchObject({ problem: "limit" });
    const sizes: number[] = [];
    for await (const chunk of decompressBzip2(chunked(BOMB), { maxRatio: 1_000_000 })) sizes.push(chunk.length);
    expect(sizes).toEqual([17_000_000]);
  });

  test("returns nothing for an empty stream", async () => {
    // `printf "" | bzip2`
    expect(await read(Buffer.from("425a683917724538509000000000", "hex"))).toBe("");
  });

  test("closes its source and passes on the source's error", async () => {
    let isClosed = false;
    const source = async function* () {
      try {
        yield HELLO;
        throw new Error("connection reset");
      } finally {
        isClosed = true;
      }
    };
    await expect(collect(decompressBzip2(source()))).rejects.toThrow("connection reset");
    expect(isClosed).toBe(true);
  });

  test.each<[title: string, bytes: Buffer, problem: string, message: RegExp]>([
    ["nothing", Buffer.alloc(0), "cut", /the bzip2 data is empty \(at byte 0\)/],
    ["another format", Buffer.from("PK\u0003\u0004 and more"), "not-this-format", /not bzip2 data \(at byte 0\)/],
    ["an early end", HELLO.subarray(0, -3), "cut", /ends too early \(at byte 38\)/],
    ["no block", Buffer.from("BZh9"), "cut", /ends too early \(at byte 4\)/],
    [
      "a changed byte",
      Buffer.from(HELLO).fill(1, 30, 31),
      "malformed",
      /^the bzip2 data is broken: a checksum does not match/,
    ],
    ["a changed checksum", Buffer.from(HELLO).fill(1, 11, 12), "malformed", /is broken: a checksum does not match/],
    [
      "a changed checksum over the stream",
      Buffer.from(HELLO).fill(1, 39, 40),
      "malformed",
      /is broken: a checksum does not match/,
    ],
    ["an unknown block size", Buffer.from("BZh0 and more"), "malformed", /^the bzip2 data is broken \(at byte 4\)$/],
    ["trailing data", Buffer.concat([HELLO, Buffer.from("more")]), "trailing-data", /else follows .*\(at byte 41\)/],
  ])("refuses %s", async (_, bytes, problem, message) => {
    await expect(read(bytes)).rejects.toMatchObject({ problem, message: expect.stringMatching(message) });
  });
});
