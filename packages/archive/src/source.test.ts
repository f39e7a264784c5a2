import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { openFileSource } from "./file-source.ts";
import { memorySource, type RandomAccessSource, readExactly, sliceSource } from "./source.ts";

const content = Uint8Array.from({ length: 700_000 }, (_, index) => (index * 7) % 251);
let folder: string;
const opened: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "source-"));
  await writeFile(join(folder, "content"), content);
});
afterAll(async () => {
  await Promise.all(opened.map((file) => file.close()));
  await rm(folder, { recursive: true });
});

async function openContent(): Promise<RandomAccessSource> {
  const file = await openFileSource(join(folder, "content"));
  opened.push(file);
  return file;
}

describe.each([
  ["a file", openContent],
  ["memory", async () => memorySource(content)],
  ["a slice of a slice", async () => sliceSource(sliceSource(memorySource(content), 0, 700_000), 0, 700_000)],
])("%s as a source", (_, openSource) => {
  test("returns any range, also several at once and across chunks", async () => {
    const source = await openSource();
    expect(source.size).toBe(content.length);
    const ranges: [number, number][] = [
      [0, 700_000],
      [262_143, 3],
      [699_999, 1],
      [700_000, 0],
    ];
    const read = await Promise.all(ranges.map(([offset, length]) => readExactly(source, offset, length)));
    for (const [index, [offset, length]] of ranges.entries()) {
      expect(Buffer.from(content.subarray(offset, offset + length)).equals(read[index] ?? Buffer.from("none"))).toBe(
        true,
      );
    }
  });

  test.each([
    [700_000, 1],
    [-1, 5],
    [0.5, 1],
    [Number.MAX_SAFE_INTEGER, 2],
    [0, Number.NaN],
  ])("refuses the range from %d of %d bytes", async (offset, length) => {
    await expect(readExactly(await openSource(), offset, length)).rejects.toMatchObject({ problem: "cut" });
  });

  test("stops when the signal is aborted", async () => {
    const signal = AbortSignal.abort(new Error("cancelled"));
    await expect(readExactly(await openSource(), 0, 10, signal)).rejects.toThrow("cancelled");
  });
});

describe("openFileSource", () => {
  test("reads in chunks of 256 KiB, and closes its file", async () => {
    const source = await openFileSource(join(folder, "content"));
    const sizes: number[] = [];
    for await (const chunk of source.read(0, 700_000)) sizes.push(chunk.length);
    expect(sizes).toEqual([262_144, 262_144, 175_712]);
    await source.close();
    await expect(readExactly(source, 0, 1)).rejects.toThrow("file closed");
  });

  test("reports a file that became shorter while it was read", async () => {
    const path = join(folder, "shrinking");
    await writeFile(path, content);
    const source = await openFileSource(path);
    opened.push(source);
    await truncate(path, 300_000);
    await expect(readExactly(source, 0, 700_000)).rejects.toThrow(`${path} became shorter while it was read`);
  });

  test("refuses a missing file", async () => {
    await expect(openFileSource(join(folder, "nowhere"))).rejects.toMatchObject({ code: "ENOENT" });
  });
});

describe("sliceSource", () => {
  test("counts offsets from its own start, and cannot be read past its end", async () => {
    const slice = sliceSource(memorySource(content), 100, 50);
    expect(await readExactly(slice, 10, 5)).toEqual(content.slice(110, 115));
    const message = "bytes 40 to 51 lie outside its 50 bytes (at byte 40)";
    await expect(readExactly(slice, 40, 11)).rejects.toMatchObject({ problem: "cut", message });
    expect(() => sliceSource(memorySource(content), 699_990, 11)).toThrow("lie outside its 700000 bytes");
  });

  test("passes on the rank of a read", async () => {
    const ranks: (number | undefined)[] = [];
    const source: RandomAccessSource = {
      size: 100,
      async *read(_offset, length, _signal, rank) {
        ranks.push(rank);
        yield new Uint8Array(length);
      },
    };
    for await (const _ of sliceSource(source, 10, 50).read(0, 1, undefined, 3));
    expect(ranks).toEqual([3]);
  });
});

describe("readExactly", () => {
  test.each([
    ["fewer", 3],
    ["more", 9],
    ["none rather", 0],
  ])("refuses a source that returns the wrong number of bytes: %s than requested", async (_, given) => {
    const source: RandomAccessSource = {
      size: 100,
      async *read() {
        yield new Uint8Array(given);
      },
    };
    await expect(readExactly(source, 0, 5)).rejects.toThrow(
      `a source gave ${given} bytes where 5 were asked for at offset 0`,
    );
  });
});
