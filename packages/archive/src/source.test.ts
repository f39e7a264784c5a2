import { mkdtemp, rm, writeFile } from "node:fs/promises";
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
  test("gives any range, also several at once and across its chunks", async () => {
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

  test("stops when the signal has fired", async () => {
    const signal = AbortSignal.abort(new Error("cancelled"));
    await expect(readExactly(await openSource(), 0, 10, signal)).rejects.toThrow("cancelled");
  });
});

describe("sliceSource", () => {
  test("counts from its own start and cannot be read past its end", async () => {
    const slice = sliceSource(memorySource(content), 100, 50);
    expect(await readExactly(slice, 10, 5)).toEqual(content.slice(110, 115));
    await expect(readExactly(slice, 40, 11)).rejects.toThrow("lie outside its 50 bytes");
  });
});

describe("readExactly", () => {
  test.each([
    ["fewer", 3],
    ["more", 9],
  ])("does not trust a source that gives %s bytes than asked", async (_, given) => {
    const source: RandomAccessSource = {
      size: 100,
      async *read() {
        yield new Uint8Array(given);
      },
    };
    await expect(readExactly(source, 0, 5)).rejects.toThrow(`gave ${given} bytes where 5 were asked for`);
  });
});
