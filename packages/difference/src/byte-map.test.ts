import { describe, expect, test } from "@jest/globals";
import { memorySource, type RandomAccessSource } from "@release-actions/archive";
import { mapBytes } from "./byte-map.ts";

/** A source that is read in pieces of `size` bytes; the pieces of two files need not have the same size. */
function inPieces(bytes: Buffer, size: number): RandomAccessSource {
  return {
    size: bytes.length,
    async *read(offset, length) {
      for (let at = offset; at < offset + length; at += size)
        yield bytes.subarray(at, Math.min(at + size, offset + length));
    },
  };
}

const compare = async (left: Buffer | string, right: Buffer | string) =>
  await mapBytes([memorySource(Buffer.from(left)), memorySource(Buffer.from(right))]);

describe("mapBytes", () => {
  test.each([1, 7, 64, 1000])("finds every differing range in pieces of %d bytes", async (size) => {
    const left = Buffer.alloc(1000);
    const right = Buffer.from(left);
    right[0] = 1;
    right.fill(2, 500, 510);
    right[999] = 3;
    const map = await mapBytes([inPieces(left, size), inPieces(right, 13)]);
    expect(map.clusters).toEqual([
      { start: 0, end: 1 },
      { start: 500, end: 510 },
      { start: 999, end: 1000 },
    ]);
    expect(map).toMatchObject({ differing: 12, length: 1000 });
    expect(map.buckets.map((share, index) => (share > 0 ? index : -1)).filter((index) => index >= 0)).toEqual([
      0, 31, 62,
    ]);
  });

  test("counts bytes that only one side has as different", async () => {
    expect(await compare(Buffer.alloc(10), Buffer.alloc(64))).toMatchObject({
      ...{ differing: 54, length: 64, clusters: [{ start: 10, end: 64 }] },
    });
    expect(await compare(Buffer.alloc(64), Buffer.alloc(10))).toMatchObject({
      ...{ differing: 54, length: 64, clusters: [{ start: 10, end: 64 }] },
    });
    expect(await compare("", "")).toEqual({ differing: 0, length: 0, longest: 0, buckets: [0], clusters: [] });
    expect(await compare("", "ab")).toMatchObject({ differing: 2, clusters: [{ start: 0, end: 2 }] });
  });

  test("joins ranges that are less than eight bytes apart", async () => {
    const right = (second: number): Buffer => {
      const bytes = Buffer.alloc(32);
      bytes[4] = 1;
      bytes[second] = 1;
      return bytes;
    };
    expect(await compare(Buffer.alloc(32), right(12))).toMatchObject({
      differing: 2,
      clusters: [{ start: 4, end: 13 }],
    });
    expect(await compare(Buffer.alloc(32), right(13))).toMatchObject({
      clusters: [
        { start: 4, end: 5 },
        { start: 13, end: 14 },
      ],
    });
  });

  test("divides the longer file into 64 parts, each with its share of differing bytes", async () => {
    const right = Buffer.alloc(128);
    right.fill(1, 3, 7);
    const { buckets } = await compare(Buffer.alloc(128), right);
    expect(buckets).toHaveLength(64);
    expect(buckets.slice(0, 5)).toEqual([0, 0.5, 1, 0.5, 0]);
    expect((await compare(Buffer.alloc(65), Buffer.alloc(65, 1))).buckets).toEqual([...new Array(32).fill(1), 0.5]);
    expect((await compare("abc", "abd")).buckets).toEqual([0, 0, 1]);
  });

  test("lists at most 10,000 ranges, and counts the bytes of all", async () => {
    const right = Buffer.alloc(10_002 * 10);
    for (let at = 0; at < right.length; at += 10) right[at] = 1;
    const { clusters, differing } = await compare(Buffer.alloc(right.length), right);
    expect(clusters).toHaveLength(10_000);
    expect(clusters.at(-1)).toEqual({ start: 99_990, end: 99_991 });
    expect(differing).toBe(10_002);
  });

  test("closes the stream of the other side", async () => {
    let isReleased = false;
    const other: RandomAccessSource = {
      size: 4,
      async *read() {
        try {
          yield Buffer.from("ab");
          yield Buffer.from("cd");
          yield Buffer.from("more");
        } finally {
          isReleased = true;
        }
      },
    };
    expect((await mapBytes([memorySource(Buffer.from("abcd")), other])).differing).toBe(0);
    expect(isReleased).toBe(true);
  });

  test("stops when the signal is aborted", async () => {
    const source = memorySource(Buffer.from("a"));
    await expect(mapBytes([source, source], AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
  });
});
