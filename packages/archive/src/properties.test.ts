import { gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { SourceCursor, StreamCursor } from "./cursor.ts";
import { decompress } from "./decompress.ts";
import { ArchiveError } from "./error.ts";
import { memorySource } from "./source.ts";
import { TarReader } from "./tar-reader.ts";
import { TAR_END, tarHeader, tarPadding } from "./tar-writer.ts";
import { zip } from "./testing/crafted-zip.ts";
import { chunked, collect } from "./testing/streams.ts";
import { openZip, readZipEntry } from "./zip-reader.ts";
import { readZipStream } from "./zip-stream.ts";

type Files = Map<string, string>;

const name = fc
  .array(fc.stringMatching(/^[a-z0-9_é-]{1,40}$/), { minLength: 1, maxLength: 5 })
  .map((parts) => parts.map((part) => `x${part}`).join("/"));
const content = fc.uint8Array({ maxLength: 3000 });
/** Files with distinct names, none of which is a folder of another. */
const files = fc
  .uniqueArray(fc.tuple(name, content), { maxLength: 6, selector: ([path]) => path.split("/")[0] })
  .map((list) => list.map(([path, data]) => ({ path, data: Buffer.from(data) })));

type File = { path: string; data: Buffer };

const contents = (list: readonly File[]): Files => new Map(list.map(({ path, data }) => [path, data.toString("hex")]));

const tarOf = (list: readonly File[]): Buffer =>
  Buffer.concat([
    ...list.flatMap(({ path, data }) => [
      tarHeader({ kind: "file", path, size: data.length }),
      data,
      tarPadding(data.length),
    ]),
    TAR_END,
  ]);

async function readTar(reader: TarReader): Promise<Files> {
  const read: Files = new Map();
  for (let member = await reader.next(); member !== undefined; member = await reader.next()) {
    read.set(member.path, (await collect(reader.body())).toString("hex"));
  }
  return read;
}

const tarReaders = [
  (bytes: Uint8Array, piece: number) => readTar(new TarReader(new StreamCursor(chunked(bytes, piece)))),
  (bytes: Uint8Array) => readTar(new TarReader(new SourceCursor(memorySource(bytes)))),
];

async function readZipRandomly(bytes: Uint8Array): Promise<Files> {
  const source = memorySource(bytes);
  const read: Files = new Map();
  for (const entry of await openZip(source)) {
    read.set(entry.path, (await collect(readZipEntry(source, entry))).toString("hex"));
  }
  return read;
}

async function readZipForward(bytes: Uint8Array, piece: number): Promise<Files> {
  const read: Files = new Map();
  for await (const entry of readZipStream(chunked(bytes, piece))) {
    read.set(entry.path, (await collect(entry.content)).toString("hex"));
  }
  return read;
}

const zipReaders = [readZipRandomly, readZipForward];

/** The files that were read, or `"refused"`; any error but an `ArchiveError` is a bug. */
async function outcome(reading: Promise<Files>): Promise<Files | "refused"> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof ArchiveError) return "refused";
    throw error;
  }
}

const piece = fc.integer({ min: 1, max: 5000 });
const damage = fc.record({ at: fc.nat(), flip: fc.integer({ min: 1, max: 255 }) });

function damaged(bytes: Buffer, { at, flip }: { at: number; flip: number }): Buffer {
  const copy = Buffer.from(bytes);
  const index = at % copy.length;
  copy[index] = (copy[index] ?? 0) ^ flip;
  return copy;
}

describe("tar", () => {
  test("both readers return what the writer wrote", async () => {
    await fc.assert(
      fc.asyncProperty(files, piece, async (list, size) => {
        for (const read of tarReaders) expect(await read(tarOf(list), size)).toEqual(contents(list));
      }),
    );
  });

  test("one changed byte is refused, or only changes the content of one file", async () => {
    await fc.assert(
      fc.asyncProperty(files, piece, damage, async (list, size, where) => {
        const bytes = damaged(tarOf(list), where);
        for (const read of tarReaders) {
          const result = await outcome(read(bytes, size));
          if (result === "refused") continue;
          expect([...result.keys()]).toEqual(list.map(({ path }) => path));
          const changed = list.filter(({ path, data }) => result.get(path) !== data.toString("hex"));
          expect(changed.length).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 300 },
    );
  });
});

const entries = fc.tuple(files, fc.infiniteStream(fc.boolean())).map(([list, coins]) =>
  list.map((file) => {
    const [deflate, streamed] = [coins.next().value, coins.next().value];
    return {
      ...file,
      entry: { name: file.path, data: file.data, deflate, ...(streamed && { descriptor: "signed" as const }) },
    };
  }),
);

describe("zip", () => {
  test("both readers return the content, whether deflated or streamed", async () => {
    await fc.assert(
      fc.asyncProperty(entries, piece, async (list, size) => {
        const bytes = zip(list.map(({ entry }) => entry));
        for (const read of zipReaders) expect(await read(bytes, size)).toEqual(contents(list));
      }),
    );
  });

  test("one changed byte is refused or does not change the files (F17)", async () => {
    await fc.assert(
      fc.asyncProperty(entries, piece, damage, async (list, size, where) => {
        const bytes = damaged(zip(list.map(({ entry }) => entry)), where);
        for (const read of zipReaders) {
          const result = await outcome(read(bytes, size));
          if (result !== "refused") expect(result).toEqual(contents(list));
        }
      }),
      { numRuns: 500 },
    );
  });

  test("refuses every truncated zip (F07, F08)", async () => {
    await fc.assert(
      fc.asyncProperty(entries, piece, fc.nat(), async (list, size, cut) => {
        const bytes = zip(list.map(({ entry }) => entry));
        for (const read of zipReaders) {
          expect(await outcome(read(bytes.subarray(0, cut % bytes.length), size))).toBe("refused");
        }
      }),
    );
  });
});

describe("gzip and zstd", () => {
  const parts = fc.array(content, { minLength: 1, maxLength: 3 });

  test.each([
    ["gzip" as const, gzipSync],
    ["zstd" as const, zstdCompressSync],
  ])("reads consecutive %s members as one, in chunks of any size", async (format, compress) => {
    await fc.assert(
      fc.asyncProperty(parts, piece, async (list, size) => {
        const bytes = Buffer.concat(list.map((part) => compress(part)));
        const read = await collect(decompress(chunked(bytes, size), format));
        expect(read.equals(Buffer.concat(list))).toBe(true);
      }),
    );
  });
});
