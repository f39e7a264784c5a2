import { describe, expect, test } from "@jest/globals";
import { memorySource, type RandomAccessSource, readExactly } from "./source.ts";
import { findFile, indexTar } from "./tar-index.ts";
import { tarFile } from "./tar-writer.ts";
import { member, tar } from "./testing/crafted-tar.ts";
import { WindowedSource } from "./windowed-source.ts";

/** Counts what is asked of a source, as a server would bill it. */
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
  test("finds every file without reading a body, links followed", async () => {
    const { source, reads } = counted(memorySource(archive));
    const { members, hasEndBlocks } = await indexTar(source);
    expect([...members.keys()]).toEqual(["small-1", "small-2", "large-1", "small-3", "large-2", "link", "again"]);
    expect(hasEndBlocks).toBe(true);
    const file = findFile(members, "link");
    expect(file).toEqual(findFile(members, "small-3"));
    expect(Buffer.from(await readExactly(source, file?.offset ?? 0, file?.size ?? 0)).toString()).toBe("third");
    expect(reads.reduce((sum, [, length]) => sum + length, 0)).toBeLessThan(10_000);
  });

  test("finds no file where there is none, a folder, or only an object's own property (B31, B32)", async () => {
    const { members } = await indexTar(memorySource(tar(member({ name: "d/", typeflag: "5" }))));
    for (const path of ["d", "x", "__proto__", "constructor"]) expect(findFile(members, path)).toBeUndefined();
  });

  test("costs one request per large file through windows, fewer when they were fetched ahead", async () => {
    const walked = counted(memorySource(archive));
    await indexTar(new WindowedSource(walked.source));
    expect(walked.reads).toHaveLength(3);

    const ahead = counted(memorySource(archive));
    const windows = new WindowedSource(ahead.source);
    windows.prefetch(windows.size - 32 * 1024);
    windows.prefetch(0);
    await indexTar(windows, {
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
  test("gives the same bytes as its source, large ranges straight from it", async () => {
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

  test("keeps no more windows than allowed", async () => {
    const { source, reads } = counted(memorySource(archive));
    const windows = new WindowedSource(source, { windowBytes: 100, maxWindows: 2 });
    for (const offset of [0, 1000, 2000, 0]) await readExactly(windows, offset, 10);
    expect(reads).toHaveLength(4);
  });

  test("asks again after a read has failed", async () => {
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
