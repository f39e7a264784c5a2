import { describe, expect, test } from "@jest/globals";
import { memorySource, type RandomAccessSource } from "@release-actions/archive";
import { mapBytes } from "./byte-map.ts";

/** A source that comes in pieces of its own size, as two files need not be read in step. */
function inPieces(bytes: Buffer, size: number): RandomAccessSource {
  return {
    size: bytes.length,
    async *read(offset, length) {
      for (let at = offset; at < offset + length; at += size)
        yield bytes.subarray(at, Math.min(at + size, offset + length));
    },
  };
}

describe("mapBytes", () => {
  test.each([1, 7, 64, 1000])("finds every place, read in pieces of %d bytes", async (size) => {
    const left = Buffer.alloc(1000);
    const right = Buffer.from(left);
    right[0] = 1;
    right.fill(2, 500, 510);
    right[999] = 3;
    const map = await mapBytes(inPieces(left, size), inPieces(right, 13));
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

  test("what only one side has differs", async () => {
    const map = await mapBytes(memorySource(Buffer.alloc(10)), memorySource(Buffer.alloc(64)));
    expect(map).toMatchObject({ differing: 54, length: 64, clusters: [{ start: 10, end: 64 }] });
    expect((await mapBytes(memorySource(Buffer.alloc(0)), memorySource(Buffer.alloc(0)))).differing).toBe(0);
  });
});
