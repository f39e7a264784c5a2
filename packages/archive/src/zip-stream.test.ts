import { describe, expect, test } from "@jest/globals";
import { type CraftedEntry, zip } from "./testing/crafted-zip.ts";
import { chunked, collect } from "./testing/streams.ts";
import { readZipStream } from "./zip-stream.ts";

const text = "the quick brown fox ".repeat(50);

async function read(bytes: Uint8Array, chunkSize = 1 << 20): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for await (const { path, content } of readZipStream(chunked(bytes, chunkSize))) {
    files[path] = (await collect(content)).toString("latin1");
  }
  return files;
}

describe("a streamed zip", () => {
  test("skips content that its reader does not read, and still checks it", async () => {
    const entries: CraftedEntry[] = [
      { name: "a", data: text },
      { name: "b", data: text, deflate: true },
      { name: "c", data: text, descriptor: "signed" },
      { name: "folder/", mode: 0o040755 },
    ];
    const seen: [string, string][] = [];
    for await (const { path, kind } of readZipStream(chunked(zip(entries)))) seen.push([path, kind]);
    expect(seen).toEqual([
      ["a", "file"],
      ["b", "file"],
      ["c", "file"],
      ["folder", "directory"],
    ]);
    const wrong = zip([{ name: "a", data: text, crc: 1 }]);
    await expect(async () => {
      for await (const _ of readZipStream(chunked(wrong)));
    }).rejects.toThrow('"a": the directory has a different offset, size or CRC than its data');
  });

  test("releases its stream when its reader stops", async () => {
    let isReleased = false;
    const source = async function* () {
      try {
        yield* chunked(zip([{ name: "a", data: text }]), 100);
      } finally {
        isReleased = true;
      }
    };
    for await (const _ of readZipStream(source())) break;
    expect(isReleased).toBe(true);
  });

  test("finds the end of stored data, wherever chunks split its descriptor", async () => {
    const data = `PK\x07\x08${"x".repeat(30)}PK\x07PK\x07\x08`;
    for (const descriptor of ["signed", "signed64"] as const) {
      const bytes = zip([
        { name: "a", data, descriptor, zip64: descriptor === "signed64" },
        { name: "b", data: "", descriptor },
      ]);
      for (let size = 1; size < 60; size += 1) expect(await read(bytes, size)).toEqual({ a: data, b: "" });
    }
  });

  test("treats bytes that look like a descriptor as data when the CRC, the sizes or the next signature do not match", async () => {
    const descriptor = (crc: number, compressed: number, size: number, next: number): Buffer => {
      const bytes = Buffer.alloc(20);
      for (const [index, value] of [0x08074b50, crc, compressed, size, next].entries()) {
        bytes.writeUInt32LE(value, index * 4);
      }
      return bytes;
    };
    // The CRC and the sizes of empty data are 0.
    const [local, central] = [0x04034b50, 0x02014b50];
    const alike = [
      descriptor(0, 0, 0, 0x06054b50),
      descriptor(1, 0, 0, local),
      descriptor(0, 1, 0, central),
      descriptor(0, 0, 1, local),
    ];
    for (const data of alike) {
      expect(await read(zip([{ name: "a", data, descriptor: "signed" }]))).toEqual({ a: data.toString("latin1") });
    }
    const deceiving = descriptor(0, 0, 0, local);
    await expect(read(zip([{ name: "a", data: deceiving, descriptor: "signed" }]))).rejects.toMatchObject({
      name: "ArchiveError",
    });
  });

  test.each<[title: string, bytes: Uint8Array, problem: string, message: string]>([
    [
      "stored data without a descriptor",
      zip([{ name: "a", data: text, flags: 0x808 }]),
      "cut",
      "the zip ends before the data descriptor of a stored file",
    ],
    [
      "compressed data without a descriptor",
      zip([{ name: "a", data: text, deflate: true, flags: 0x808 }]),
      "disagreement",
      "no data descriptor with the CRC and sizes of the data follows it",
    ],
    ["an entry that is not in the directory", withoutEntry(), "disagreement", "the directory does not begin behind"],
    [
      "a directory of more entries",
      zip([{ name: "a" }, { name: "b", headerOffset: 0 }]),
      "disagreement",
      "different offset",
    ],
    ["an end inside a local header", zip([{ name: "abc" }]).subarray(0, 32), "cut", "a local header is cut short"],
    ["an end after the signature", zip([{ name: "abc" }]).subarray(0, 4), "cut", "a local header is cut short"],
    ["nothing", new Uint8Array(0), "cut", "a zip cannot have only 0 bytes"],
  ])("is refused with %s", async (_title, bytes, problem, message) => {
    await expect(read(bytes)).rejects.toMatchObject({ problem, message: expect.stringContaining(message) });
  });

  test("limits the size of what may follow the last file", async () => {
    const more = async function* () {
      yield zip([{ name: "a" }]).subarray(0, 31);
      for (let total = 0; total <= 16; total += 1) yield new Uint8Array(1024 * 1024);
    };
    await expect(async () => {
      for await (const _ of readZipStream(more()));
    }).rejects.toMatchObject({ problem: "limit", message: expect.stringContaining("more than 16777216 bytes follow") });
  });
});

/** A zip of two files whose directory lists only the first. */
function withoutEntry(): Buffer {
  const [one, two] = [zip([{ name: "a" }]), zip([{ name: "a" }, { name: "b" }])];
  const end = Buffer.from(one.subarray(-22));
  end.writeUInt32LE(62, 16);
  return Buffer.concat([two.subarray(0, 62), one.subarray(31, -22), end]);
}
