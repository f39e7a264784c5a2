import type { Writable } from "node:stream";
import { constants, createGunzip, createZstdDecompress, deflateRawSync, gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import { decompress, decompressAny, decompressRaw } from "./decompress.ts";
import { ArchiveError } from "./error.ts";
import { detectFormat } from "./format.ts";
import { tarFile } from "./tar-writer.ts";
import { tar } from "./testing/crafted-tar.ts";
import { chunked, collect } from "./testing/streams.ts";

const text = Buffer.from("some text that is worth compressing ".repeat(2000));
const compressors = { gzip: gzipSync, zstd: zstdCompressSync } as const;
const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4]);

/** `printf hello`, compressed by each program. */
const HELLO = {
  gzip: gzipSync("hello"),
  zstd: zstdCompressSync("hello"),
  bzip2: Buffer.from("425a68393141592653591931653d00000081000244a000219a68334d07338bb9229c28480c98b29e80", "hex"),
  xz: Buffer.from(
    "fd377a585a000004e6d6b4460200210116000000742fe5a301000468656c6c6f00000000b137b9dbe5da1e9b00011d05b82d80af1fb6f37d010000000004595a",
    "hex",
  ),
} as const;

describe.each(["gzip", "zstd"] as const)("decompress of %s", (format) => {
  const compressed = compressors[format](text);
  const read = (bytes: Uint8Array, size = 100) => collect(decompress(chunked(bytes, size), format));

  test("returns the content", async () => {
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
  ])("refuses %s after the end (B25)", async (_, trailer) => {
    for (const size of [compressed.length, 1 << 20, 99]) {
      const reading = read(Buffer.concat([compressed, trailer]), size);
      await expect(reading).rejects.toMatchObject({ name: "ArchiveError" });
      await expect(reading).rejects.toThrow(/something else follows|is broken|ends too early/);
    }
  });

  test.each([1, 4, 12, 30])("refuses an end %d bytes too early (F63)", async (missing) => {
    await expect(read(compressed.subarray(0, -missing))).rejects.toMatchObject({ problem: "cut" });
  });

  test("refuses an empty stream", async () => {
    await expect(read(Buffer.alloc(0))).rejects.toMatchObject({ problem: "not-this-format", offset: 0 });
  });

  test("refuses a decompression bomb as soon as its ratio shows (B29)", async () => {
    const bomb = compressors[format](Buffer.alloc(64 << 20));
    const reading = read(bomb, 1 << 16);
    await expect(reading).rejects.toMatchObject({ problem: "limit" });
    await expect(reading).rejects.toThrow("more than 250 times its size");
  });

  test("adds no listener for each piece that it reads, of which Node would warn in the log", async () => {
    const decoder = format === "gzip" ? createGunzip() : createZstdDecompress();
    const prototype: Writable = Object.getPrototypeOf(decoder);
    const listeners: number[] = [];
    const { write } = prototype;
    prototype.write = function (this: Writable, ...args: Parameters<Writable["write"]>) {
      listeners.push(this.listenerCount("close"));
      return write.apply(this, args);
    } as Writable["write"];
    try {
      await read(compressed, 10);
    } finally {
      Reflect.deleteProperty(prototype, "write");
    }
    expect(listeners.length).toBeGreaterThan(5);
    expect(new Set(listeners).size).toBe(1);
  });

  test("stops reading the source when its reader stops", async () => {
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

  test("passes on the source's error", async () => {
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

  test("refuses zstd data after a skippable frame (B27)", async () => {
    const bytes = Buffer.concat([skippable, zstdCompressSync(text)]);
    expect(detectFormat(bytes)).toBe("unknown");
    await expect(collect(decompress(chunked(bytes), "zstd"))).rejects.toMatchObject({ problem: "not-this-format" });
  });

  test("reports trailing data with its offset (B25)", async () => {
    const zeros = collect(decompress(chunked(Buffer.concat([HELLO.gzip, Buffer.alloc(600)])), "gzip"));
    const message = `something else follows the gzip data (at byte ${HELLO.gzip.length})`;
    await expect(zeros).rejects.toMatchObject({ problem: "trailing-data", message });
  });

  test("accepts only the skippable frames of RFC 8878 after zstd data, and none after gzip data", async () => {
    const trailers = [0x4f, 0x60].map((first) => Buffer.concat([Buffer.of(first), skippable.subarray(1)]));
    for (const trailer of trailers) {
      const reading = collect(decompress(chunked(Buffer.concat([HELLO.zstd, trailer])), "zstd"));
      await expect(reading).rejects.toThrow("something else follows");
    }
    const last = Buffer.concat([Buffer.of(0x5f), skippable.subarray(1)]);
    expect((await collect(decompress(chunked(Buffer.concat([HELLO.zstd, last])), "zstd"))).toString()).toBe("hello");
    await expect(collect(decompress(chunked(Buffer.concat([HELLO.gzip, last])), "gzip"))).rejects.toThrow(ArchiveError);
  });

  test("skips skippable frames after the data, which zstd:chunked layers have", async () => {
    const compressed = zstdCompressSync(text);
    const bytes = Buffer.concat([compressed, skippable, skippable, compressed, skippable]);
    for (const size of [1, 7, compressed.length, compressed.length + 12, 1 << 20]) {
      expect((await collect(decompress(chunked(bytes, size), "zstd"))).length).toBe(2 * text.length);
    }
  });
});

describe("decompressAny", () => {
  test.each(["gzip", "zstd", "bzip2", "xz"] as const)("decompresses %s, and refuses anything else", async (format) => {
    expect((await collect(decompressAny(chunked(HELLO[format]), format))).toString()).toBe("hello");
    const other = HELLO[format === "gzip" ? "zstd" : "gzip"];
    await expect(collect(decompressAny(chunked(other), format))).rejects.toMatchObject({ problem: "not-this-format" });
  });

  test.each(["gzip", "zstd"] as const)("lets the caller set the ratio by which %s data may grow", async (format) => {
    const bomb = compressors[format](Buffer.alloc(20 << 20));
    const content = await collect(decompressAny(chunked(bomb, 1 << 16), format, { maxRatio: 100_000 }));
    expect(content.length).toBe(20 << 20);
  });
});

describe("decompressRaw", () => {
  const methods: [string, Uint8Array][] = [
    ["stored", Buffer.from("hello")],
    ["deflate", deflateRawSync("hello")],
    ["zstd", HELLO.zstd],
    ["bzip2", HELLO.bzip2],
    ["xz", HELLO.xz],
  ];
  test.each(methods)("reads the data of a zip entry that is %s", async (method, bytes) => {
    const content = decompressRaw(chunked(bytes), method);
    expect(content && (await collect(content)).toString()).toBe("hello");
  });

  test("returns undefined for other methods", () => {
    expect(decompressRaw(chunked(Buffer.from("hello")), "lzma")).toBeUndefined();
  });

  test("refuses a deflate bomb and truncated deflate data", async () => {
    const inflate = (bytes: Uint8Array) => collect(decompressRaw(chunked(bytes, 1 << 16), "deflate") ?? chunked(bytes));
    await expect(inflate(deflateRawSync(Buffer.alloc(40 << 20)))).rejects.toMatchObject({ problem: "limit" });
    const cut = { problem: "cut", message: "the deflate data ends too early (at byte 0)" };
    await expect(inflate(deflateRawSync(text).subarray(0, -5))).rejects.toMatchObject(cut);
  });

  test("stops reading the source of a deflated entry when its reader stops", async () => {
    let isClosed = false;
    const source = async function* () {
      try {
        yield* chunked(deflateRawSync(text), 10);
      } finally {
        isClosed = true;
      }
    };
    for await (const _ of decompressRaw(source(), "deflate") ?? []) break;
    expect(isClosed).toBe(true);
  });
});

test("an error says the byte only where it knows one", () => {
  expect(new ArchiveError("limit", "too many members").message).toBe("too many members");
  expect(new ArchiveError("cut", "the end is missing", 0).message).toBe("the end is missing (at byte 0)");
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
    ["html", Buffer.from("<HTML>")],
    ["json", Buffer.from("[]")],
    ["unknown", Buffer.from("<svg/>")],
    ["unknown", Buffer.from("a <html>")],
    ["unknown", Buffer.from("a {}")],
    ["unknown", Buffer.from([0x1f])],
    ["unknown", Buffer.from(`${"x".repeat(257)}ustaR`)],
    ["unknown", Buffer.from("ustar")],
    ["unknown", Buffer.from("hello")],
    ["unknown", Buffer.alloc(1024)],
  ])("detects %s by its content (B28, B30)", (format, head) => {
    expect(detectFormat(head)).toBe(format);
  });
});
