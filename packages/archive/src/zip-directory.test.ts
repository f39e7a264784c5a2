import { describe, expect, test } from "@jest/globals";
import { memorySource, type RandomAccessSource } from "./source.ts";
import { type CraftedEnd, zip } from "./testing/crafted-zip.ts";
import { openZip } from "./zip-reader.ts";

const a = { name: "a", data: "text" };
/** A zip of one entry with the 16-bit field at `fromEnd` bytes before the end set to `value`. */
function changed(end: CraftedEnd, fromEnd: number, value: number): Buffer {
  const bytes = zip([a], end);
  bytes.writeUInt16LE(value, bytes.length - fromEnd);
  return bytes;
}

describe("the end record", () => {
  test.each<[title: string, bytes: Buffer, problem: string, message: string]>([
    ["no end record", zip([a]).subarray(0, -1), "cut", "there is no end record at the end of the file"],
    ["fewer bytes than an end record", Buffer.alloc(21), "cut", "a zip cannot have only 21 bytes (at byte 0)"],
    ["another disk", changed({}, 18, 1), "unsupported", "an archive of several disks"],
    ["a directory on another disk", changed({}, 16, 1), "unsupported", "an archive of several disks"],
    ["entries on another disk", changed({}, 14, 0), "unsupported", "an archive of several disks"],
    ["a comment that is missing", changed({}, 2, 7), "cut", "7 bytes of comment are missing"],
    [
      "too many entries",
      zip([a], { zip64: { count: 100_001n } }),
      "limit",
      "an archive of 100001 files; at most 100000",
    ],
    [
      "a count that is wrong",
      zip([a], { zip64: { count: 100_000n } }),
      "disagreement",
      "1 entry, but its end record says 100000",
    ],
    [
      "no entries counted",
      zip([a, { ...a, name: "b" }], { count: 0 }),
      "disagreement",
      "has 2 entries, but its end record says 0",
    ],
    [
      "a directory elsewhere",
      zip([a], { directoryOffset: 33 }),
      "disagreement",
      "bytes at 33 does not end at its end record",
    ],
    [
      "another zip64 signature",
      changed({ zip64: {} }, 22 + 20 + 56, 0),
      "malformed",
      "the zip64 end record is invalid",
    ],
    ["another zip64 length", changed({ zip64: {} }, 22 + 20 + 52, 45), "malformed", "the zip64 end record is invalid"],
    ["a zip64 disk", changed({ zip64: {} }, 22 + 20 + 40, 1), "unsupported", "an archive of several disks"],
    [
      "a zip64 directory on a disk",
      changed({ zip64: {} }, 22 + 20 + 36, 1),
      "unsupported",
      "an archive of several disks",
    ],
    ["zip64 entries on another disk", changed({ zip64: {} }, 22 + 20 + 32, 0), "unsupported", "an archive of several"],
    ["a locator on another disk", changed({ zip64: {} }, 22 + 16, 1), "unsupported", "an archive of several disks"],
    ["a locator of two disks", changed({ zip64: {} }, 22 + 4, 2), "unsupported", "an archive of several disks"],
    [
      "a locator that points elsewhere",
      zip([a], { zip64: { located: 5n } }),
      "disagreement",
      "locator points to 5, not",
    ],
    ["a size that differs", zip([a], { zip64: {}, directorySize: 46 }), "disagreement", "end record differ"],
    ["an offset that differs", zip([a], { zip64: {}, directoryOffset: 5 }), "disagreement", "end record differ"],
    ["a count that differs", zip([a], { zip64: {}, count: 2 }), "disagreement", "end record differ"],
    [
      "another signature of an entry",
      changed({}, 22 + 47, 0),
      "malformed",
      "a central directory entry must begin here",
    ],
    ["an entry on another disk", changed({}, 22 + 47 - 34, 1), "unsupported", "an archive of several disks"],
  ])("is refused with %s", async (_title, bytes, problem, message) => {
    await expect(openZip(memorySource(bytes))).rejects.toMatchObject({
      ...{ problem, message: expect.stringContaining(message) },
    });
  });

  test("may repeat the values of the zip64 record, or refer to it", async () => {
    const whole = zip([a]);
    const [size, offset] = [47, whole.length - 22 - 47];
    for (const end of [{}, { count: 1 }, { directorySize: size }, { directoryOffset: offset }]) {
      expect(await openZip(memorySource(zip([a], { zip64: {}, ...end })))).toHaveLength(1);
    }
  });

  test("may be all of an empty zip, with or without zip64", async () => {
    expect(await openZip(memorySource(zip([])))).toEqual([]);
    expect(await openZip(memorySource(zip([], { zip64: {} })))).toEqual([]);
  });

  test.each([
    [16 * 1024 * 1024, "outside the directory"],
    [16 * 1024 * 1024 + 1, "a directory of 16777217 bytes"],
  ])("checks the size of a directory of %d bytes before it reads it", async (size, message) => {
    const end = zip([], { directorySize: size });
    const source: RandomAccessSource = {
      size: size + 22,
      async *read(offset, length) {
        if (offset < size - 100) throw new Error("outside the directory");
        const bytes = Buffer.alloc(100 + 22);
        end.copy(bytes, 100);
        yield bytes.subarray(offset - size + 100, offset - size + 100 + length);
      },
    };
    await expect(openZip(source)).rejects.toThrow(message);
  });
});

test("returns entries in the order of their data, and skips comments", async () => {
  const bytes = zip([
    { name: "b", data: "1", comment: "of b" },
    { name: "a", data: "2", comment: "of a" },
  ]);
  expect((await openZip(memorySource(bytes))).map(({ path }) => path)).toEqual(["b", "a"]);
  const directory = bytes.indexOf("PK\x01\x02");
  const second = bytes.indexOf("PK\x01\x02", directory + 4);
  const turned = Buffer.concat([
    ...[bytes.subarray(0, directory), bytes.subarray(second, bytes.length - 22)],
    ...[bytes.subarray(directory, second), bytes.subarray(-22)],
  ]);
  expect((await openZip(memorySource(turned))).map(({ path }) => path)).toEqual(["b", "a"]);
});

test("refuses entries that overlap, and a gap before an entry", async () => {
  const overlap = zip([a, { ...a, name: "b", headerOffset: 0 }]);
  await expect(openZip(memorySource(overlap))).rejects.toThrow(/reaches into what follows/);
  const late = zip([{ ...a, headerOffset: 1 }]);
  await expect(openZip(memorySource(late))).rejects.toThrow('"a" leaves a gap before it (at byte 1)');
});
