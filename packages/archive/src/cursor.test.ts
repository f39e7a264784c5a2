import { describe, expect, test } from "@jest/globals";
import { SourceCursor, StreamCursor } from "./cursor.ts";
import { memorySource } from "./source.ts";
import { chunked, collect } from "./testing/streams.ts";

const bytes = Buffer.from("0123456789");

describe.each([
  ["a stream", () => new StreamCursor(chunked(bytes, 3))],
  ["a source", () => new SourceCursor(memorySource(bytes))],
])("a cursor over %s", (_, open) => {
  const text = (part: Uint8Array): string => Buffer.from(part).toString();

  test("takes, skips and streams in order, and reports its position", async () => {
    const cursor = open();
    expect([cursor.position, text(await cursor.take(4))]).toEqual([0, "0123"]);
    await cursor.skip(1);
    expect(cursor.position).toBe(5);
    expect(text(await collect(cursor.stream(3)))).toBe("567");
    expect(cursor.position).toBe(8);
    expect(text(await cursor.take(0))).toBe("");
    expect([text(await cursor.take(9)), cursor.position]).toEqual(["89", 10]);
    expect([text(await cursor.take(1)), cursor.position]).toEqual(["", 10]);
    expect(await collect(cursor.stream(0))).toHaveLength(0);
    await cursor.skip(0);
  });

  test("streams and skips up to the very end, and refuses to go past it", async () => {
    expect(text(await collect(open().stream(10)))).toBe("0123456789");
    await open().skip(10);
    const cut = { problem: "cut", message: "the archive ends 2 bytes before the end of a member (at byte 10)" };
    await expect(collect(open().stream(12))).rejects.toMatchObject(cut);
    await expect(open().skip(12)).rejects.toMatchObject(cut);
  });
});

describe("StreamCursor", () => {
  test("returns unread bytes before those that follow", async () => {
    const cursor = new StreamCursor(chunked(bytes, 4));
    const taken = await cursor.take(6);
    cursor.unread(taken.subarray(2));
    cursor.unread(taken.subarray(1, 2));
    cursor.unread(new Uint8Array(0));
    expect(cursor.position).toBe(1);
    expect(Buffer.from(await cursor.take(100)).toString()).toBe("123456789");
  });

  test("skips empty chunks, and returns at most the requested number of bytes", async () => {
    const cursor = new StreamCursor(
      (async function* () {
        yield new Uint8Array(0);
        yield bytes;
        yield new Uint8Array(0);
      })(),
    );
    expect([await cursor.some(0), (await cursor.some(4))?.length, (await cursor.some(100))?.length]).toEqual([
      undefined,
      4,
      6,
    ]);
    expect(await cursor.some(1)).toBeUndefined();
  });

  test("releases its stream when it is closed", async () => {
    let isReleased = false;
    const cursor = new StreamCursor(
      (async function* () {
        try {
          yield bytes;
        } finally {
          isReleased = true;
        }
      })(),
    );
    await cursor.take(1);
    await cursor.close();
    expect(isReleased).toBe(true);
  });
});

test("SourceCursor starts at the given offset", async () => {
  const cursor = new SourceCursor(memorySource(bytes), 7);
  expect([cursor.position, Buffer.from(await cursor.take(5)).toString()]).toEqual([7, "789"]);
});
