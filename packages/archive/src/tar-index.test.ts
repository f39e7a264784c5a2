import { describe, expect, test } from "@jest/globals";
import { memorySource, type RandomAccessSource, readExactly } from "./source.ts";
import { findFile, indexTar, indexTolerantTar, type TarIndex } from "./tar-index.ts";
import { tarFile } from "./tar-writer.ts";
import { member, tar } from "./testing/crafted-tar.ts";
import { WindowedSource } from "./windowed-source.ts";

/** Records the reads of a source, each of which would be a request to a server. */
function counted(source: RandomAccessSource) {
  const reads: [number, number][] = [];
  const read: RandomAccessSource["read"] = (offset, length, signal) => {
    reads.push([offset, length]);
    return source.read(offset, length, signal);
  };
  return { source: { size: source.size, read }, reads };
}

const large = Buffer.alloc(300_000, 1);
const archive = tar(
  tarFile("small-1", "first"),
  tarFile("small-2", "second"),
  tarFile("large-1", large),
  tarFile("small-3", "third"),
  tarFile("large-2", large),
  member({ name: "link", typeflag: "2", linkName: "again" }),
  member({ name: "again", typeflag: "2", linkName: "small-3" }),
);

describe("indexTar", () => {
  test("finds every file and follows links without reading a body", async () => {
    const { source, reads } = counted(memorySource(archive));
    const { members, hasEndBlocks } = await indexTar(source);
    expect([...members.keys()]).toEqual(["small-1", "small-2", "large-1", "small-3", "large-2", "link", "again"]);
    expect(hasEndBlocks).toBe(true);
    const file = findFile(members, "link");
    expect(file).toEqual(findFile(members, "small-3"));
    expect(Buffer.from(await readExactly(source, file?.offset ?? 0, file?.size ?? 0)).toString()).toBe("third");
    expect(reads.reduce((sum, [, length]) => sum + length, 0)).toBeLessThan(10_000);
  });

  test("finds no file for a missing path, a folder, or a property name of every object (B31, B32)", async () => {
    const { members } = await indexTar(memorySource(tar(member({ name: "d/", typeflag: "5" }))));
    for (const path of ["d", "x", "__proto__", "constructor"]) expect(findFile(members, path)).toBeUndefined();
  });

  test("follows links to links, but not circular links or links to a folder", () => {
    const at = { mode: 0, size: 0, offset: 0 };
    const members: TarIndex["members"] = new Map([
      ["file", { ...at, path: "file", kind: "file" }],
      ["one", { ...at, path: "one", kind: "symlink", target: "two" }],
      ["two", { ...at, path: "two", kind: "hardlink", target: "file" }],
      ["folder", { ...at, path: "folder", kind: "directory" }],
      ["to-folder", { ...at, path: "to-folder", kind: "symlink", target: "folder" }],
      ["loop", { ...at, path: "loop", kind: "symlink", target: "loop" }],
    ]);
    const found = ["file", "one", "to-folder", "folder", "loop", "none"].map((path) => findFile(members, path)?.path);
    expect(found).toEqual(["file", "file", undefined, undefined, undefined, undefined]);
  });

  test("stops when the signal is aborted or when its listener fails", async () => {
    const source = memorySource(archive);
    const signal = AbortSignal.abort(new Error("cancelled"));
    await expect(indexTolerantTar(source, { signal })).rejects.toThrow("cancelled");
    const onMember = async () => {
      throw new Error("enough");
    };
    await expect(indexTolerantTar(source, { onMember })).rejects.toThrow("enough");
  });

  test("uses the last of two members with one name when it is tolerant", async () => {
    const twice = tar(tarFile("a", "first"), tarFile("a", "2"));
    await expect(indexTar(memorySource(twice))).rejects.toThrow("two members");
    const { members, hasEndBlocks } = await indexTolerantTar(memorySource(twice));
    expect([findFile(members, "a")?.size, hasEndBlocks]).toEqual([1, true]);
    expect((await indexTolerantTar(memorySource(tarFile("a", "x")))).hasEndBlocks).toBe(false);
  });

  test("needs one request per large file through windows, and fewer with prefetched windows", async () => {
    const walked = counted(memorySource(archive));
    await indexTar(new WindowedSource(walked.source));
    expect(walked.reads).toHaveLength(3);

    const ahead = counted(memorySource(archive));
    const windows = new WindowedSource(ahead.source);
    windows.prefetch(windows.size - 32 * 1024);
    windows.prefetch(0);
    await indexTolerantTar(windows, {
      onMember: (found) => {
        if (found.path === "small-1") windows.prefetch(findLarge() + large.length);
      },
    });
    expect(ahead.reads.map(([offset]) => offset)).toEqual([archive.length - 32 * 1024, 0, findLarge() + large.length]);
  });
});

function findLarge(): number {
  return archive.indexOf(large.subarray(0, 1000));
}

describe("WindowedSource", () => {
  test("returns the same bytes as its source, and reads large ranges directly from it", async () => {
    const { source, reads } = counted(memorySource(archive));
    const windows = new WindowedSource(source, { windowBytes: 1000 });
    for (const [offset, length] of [
      [0, 10],
      [5, 20],
      [990, 20],
      [100, 900],
      [0, 300_000],
      [archive.length - 5, 5],
    ] as const) {
      const bytes = await readExactly(windows, offset, length);
      expect(Buffer.compare(bytes, archive.subarray(offset, offset + length))).toBe(0);
    }
    expect(reads).toEqual([
      [0, 1000],
      [990, 1000],
      [0, 300_000],
      [archive.length - 5, 5],
    ]);
  });

  test("fetches at least 32 KiB, and keeps 256 windows, dropping the oldest first", async () => {
    const { source, reads } = counted(memorySource(Buffer.alloc(300 * 40_000)));
    const windows = new WindowedSource(source);
    expect([windows.windowBytes, windows.size]).toEqual([32_768, 12_000_000]);
    for (let index = 0; index < 256; index += 1) await readExactly(windows, index * 40_000, 10);
    await readExactly(windows, 0, 10);
    expect([reads.length, reads[0]]).toEqual([256, [0, 32_768]]);
    await readExactly(windows, 257 * 40_000, 10);
    await readExactly(windows, 40_000, 10);
    expect(reads).toHaveLength(257);
    await readExactly(windows, 0, 10);
    expect(reads).toHaveLength(258);
  });

  test("prefetches each range of its source once, and returns nothing for an empty range", async () => {
    const { source, reads } = counted(memorySource(archive));
    const windows = new WindowedSource(source, { windowBytes: 1000 });
    windows.prefetch(-500);
    windows.prefetch(100, 300);
    windows.prefetch(windows.size - 10);
    windows.prefetch(windows.size);
    windows.prefetch(-2000, 1000);
    expect(await readExactly(windows, 50, 0)).toHaveLength(0);
    await readExactly(windows, 0, 500);
    await readExactly(windows, windows.size - 10, 10);
    expect(reads).toEqual([
      [0, 500],
      [archive.length - 10, 10],
    ]);
  });

  test("answers a large range from a window that holds it", async () => {
    const { source, reads } = counted(memorySource(archive));
    const windows = new WindowedSource(source, { windowBytes: 1000 });
    windows.prefetch(0, 5000);
    expect(Buffer.compare(await readExactly(windows, 100, 4900), archive.subarray(100, 5000))).toBe(0);
    expect(reads).toEqual([[0, 5000]]);
  });

  test("refuses a range outside its source, and stops when the signal is aborted", async () => {
    const windows = new WindowedSource(memorySource(archive));
    expect(() => windows.read(archive.length, 1)).toThrow("lie outside");
    const reading = readExactly(windows, 0, 10, AbortSignal.abort(new Error("cancelled")));
    await expect(reading).rejects.toThrow("cancelled");
  });

  test("has slices, and slices of slices, that share the fetched windows", async () => {
    const { source, reads } = counted(memorySource(archive));
    const windows = new WindowedSource(source, { windowBytes: 1000 });
    const part = windows.slice(2000, 3000);
    const inner = part.slice(100, 2000);
    expect([part.size, part.windowBytes, inner.size]).toEqual([3000, 1000, 2000]);
    part.prefetch(0);
    expect(Buffer.compare(await readExactly(inner, 50, 20), archive.subarray(2150, 2170))).toBe(0);
    inner.prefetch(1900);
    part.prefetch(3000);
    part.prefetch(5000);
    await readExactly(windows, 4000, 100);
    expect(reads).toEqual([
      [2000, 1000],
      [4000, 100],
    ]);
  });

  test("keeps no more windows than allowed", async () => {
    const { source, reads } = counted(memorySource(archive));
    const windows = new WindowedSource(source, { windowBytes: 100, maxWindows: 2 });
    for (const offset of [0, 1000, 2000, 0]) await readExactly(windows, offset, 10);
    expect(reads).toHaveLength(4);
  });

  test("reads again after a read failed", async () => {
    let failures = 1;
    const flaky: RandomAccessSource = {
      size: 100,
      async *read(_offset, length) {
        failures -= 1;
        if (failures >= 0) throw new Error("connection reset");
        yield new Uint8Array(length);
      },
    };
    const windows = new WindowedSource(flaky);
    windows.prefetch(0);
    await expect(readExactly(windows, 0, 10)).rejects.toThrow("connection reset");
    expect(await readExactly(windows, 0, 10)).toHaveLength(10);
  });
});
