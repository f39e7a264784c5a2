import { constants, gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import { decompress } from "./decompress.ts";
import { detectFormat } from "./format.ts";
import { tarFile } from "./tar-writer.ts";
import { tar } from "./testing/crafted-tar.ts";
import { chunked, collect } from "./testing/streams.ts";

const text = Buffer.from("some text that is worth compressing ".repeat(2000));
const compressors = { gzip: gzipSync, zstd: zstdCompressSync } as const;
const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4]);

describe.each(["gzip", "zstd"] as const)("decompress of %s", (format) => {
  const compressed = compressors[format](text);
  const read = (bytes: Uint8Array, size = 100) => collect(decompress(chunked(bytes, size), format));

  test("gives the content", async () => {
    expect((await read(compressed)).equals(text)).toBe(true);
  });

  test("reads two members as one (B24)", async () => {
    for (const size of [compressed.length, 2 * compressed.length, 99]) {
      expect((await read(Buffer.concat([compressed, compressed]), size)).length).toBe(2 * text.length);
    }
  });

  test.each([
    ["text", Buffer.from("more and more")],
    ["zeros", Buffer.alloc(600)],
    ["one byte", Buffer.from("x")],
  ])("refuses %s behind the end (B25)", async (_, trailer) => {
    for (const size of [compressed.length, 1 << 20, 99]) {
      const reading = read(Buffer.concat([compressed, trailer]), size);
      await expect(reading).rejects.toMatchObject({ name: "ArchiveError" });
      await expect(reading).rejects.toThrow(/something else follows|is broken|ends too early/);
    }
  });

  test.each([1, 4, 12, 30])("refuses an end %d bytes too early (F63)", async (missing) => {
    await expect(read(compressed.subarray(0, -missing))).rejects.toMatchObject({ problem: "cut" });
  });

  test("refuses nothing at all", async () => {
    await expect(read(Buffer.alloc(0))).rejects.toMatchObject({ name: "ArchiveError" });
  });

  test("refuses a bomb as soon as its ratio shows (B29)", async () => {
    const bomb = compressors[format](Buffer.alloc(64 << 20));
    const reading = read(bomb, 1 << 16);
    await expect(reading).rejects.toMatchObject({ problem: "limit" });
    await expect(reading).rejects.toThrow("more than 250 times its size");
  });

  test("stops reading the source when nobody listens any more", async () => {
    let closed = false;
    async function* source() {
      try {
        yield* chunked(compressed, 10);
      } finally {
        closed = true;
      }
    }
    for await (const _ of decompress(source(), format)) break;
    expect(closed).toBe(true);
  });

  test("passes on why the source failed", async () => {
    async function* source() {
      yield compressed.subarray(0, 50);
      throw new Error("connection reset");
    }
    await expect(collect(decompress(source(), format))).rejects.toThrow("connection reset");
  });
});

describe("decompress", () => {
  test("refuses gzip with a wrong CRC or length (B26)", async () => {
    const compressed = gzipSync(text);
    for (const index of [compressed.length - 8, compressed.length - 4]) {
      const broken = Buffer.from(compressed);
      broken[index] = (broken[index] ?? 0) ^ 1;
      await expect(collect(decompress(chunked(broken), "gzip"))).rejects.toThrow(/incorrect (data|length) check/);
    }
  });

  test("refuses a zstd frame that needs a huge window (B27)", async () => {
    const params = { [constants.ZSTD_c_windowLog]: 27 };
    const compressed = zstdCompressSync(Buffer.alloc(200 << 20), { params });
    await expect(collect(decompress(chunked(compressed), "zstd"))).rejects.toThrow("a window of more than 64 MiB");
  });

  test("refuses zstd data behind a skippable frame (B27)", async () => {
    const bytes = Buffer.concat([skippable, zstdCompressSync(text)]);
    expect(detectFormat(bytes)).toBe("unknown");
    await expect(collect(decompress(chunked(bytes), "zstd"))).rejects.toMatchObject({ problem: "not-this-format" });
  });

  test("passes over skippable frames behind the data, as zstd:chunked layers have them", async () => {
    const compressed = zstdCompressSync(text);
    const bytes = Buffer.concat([compressed, skippable, skippable, compressed, skippable]);
    for (const size of [1, 7, compressed.length, compressed.length + 12, 1 << 20]) {
      expect((await collect(decompress(chunked(bytes, size), "zstd"))).length).toBe(2 * text.length);
    }
  });
});

describe("detectFormat", () => {
  test.each([
    ["tar", tar(tarFile("a", "x"))],
    ["gzip", gzipSync(text)],
    ["zstd", zstdCompressSync(text)],
    ["zip", Buffer.from("PK\x03\x04")],
    ["zip", Buffer.from("PK\x05\x06")],
    ["xz", Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0])],
    ["bzip2", Buffer.from("BZh91AY")],
    ["html", Buffer.from("\n <!DOCTYPE html><html>")],
    ["html", Buffer.from('<?xml version="1.0"?><Error/>')],
    ["json", Buffer.from(' {"message": "Not Found"}')],
    ["empty", Buffer.alloc(0)],
    ["unknown", Buffer.from("hello")],
    ["unknown", Buffer.alloc(1024)],
  ])("tells %s by its content (B28, B30)", (format, head) => {
    expect(detectFormat(head)).toBe(format);
  });
});
