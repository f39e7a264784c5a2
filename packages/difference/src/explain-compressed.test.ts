import { constants, gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import { isCompression } from "./explain-compressed.ts";
import { causesOf, explain, like } from "./testing/explain.ts";

test.each(["gzip", "zstd", "xz", "bzip2"])("%s is a compression format", (format) =>
  expect(isCompression(format)).toBe(true),
);
test.each(["tar", "zip", "unknown"])("%s is not a compression format", (format) =>
  expect(isCompression(format)).toBe(false),
);

const withTime = (packed: Buffer, seconds: number): Buffer => {
  const changed = Buffer.from(packed);
  changed.writeUInt32LE(seconds, 4);
  return changed;
};

describe("compressed files", () => {
  test("reports differences in the header before those in the content", async () => {
    const [left, right] = [withTime(gzipSync("one\n"), 1), withTime(gzipSync("two\n"), 2)];
    expect(await causesOf(left, right)).toEqual([
      ["timestamp", "gzip header", "1970-01-01T00:00:01.000Z", "1970-01-01T00:00:02.000Z"],
      ["embedded-text", "unpacked, line 1", "one", "two"],
    ]);
    expect(await explain(left, right)).toMatchObject({ format: "gzip", excerpts: [{ place: "unpacked, " }] });
  });

  test("reports a difference in the header only", async () => {
    expect(await causesOf(withTime(gzipSync("one"), 1), withTime(gzipSync("one"), 2))).toEqual([like("timestamp")]);
  });

  test("reports a different format with equal and with different content", async () => {
    expect(await causesOf(gzipSync("one\n"), zstdCompressSync("one\n"))).toEqual([
      ["compression", "format", "gzip", "zstd"],
    ]);
    expect(await causesOf(gzipSync("one\n"), zstdCompressSync("two\n"))).toEqual([
      ["embedded-text", "unpacked, line 1", "one", "two"],
      ["compression", "format", "gzip", "zstd"],
    ]);
    expect((await explain(gzipSync("one\n"), zstdCompressSync("one\n"))).format).toBe("gzip and zstd");
  });

  test("reports different compressed data of equal content", async () => {
    const text = "all work and no play\n".repeat(50);
    const [left, right] = [gzipSync(text, { level: 0 }), gzipSync(text, { level: 9 })];
    // Both headers get the same level byte.
    left[8] = right[8] ?? 0;
    expect(await causesOf(left, right)).toEqual([
      ["compression", "gzip data of equal content", `${left.length} bytes`, `${right.length} bytes`],
    ]);
    const zstd = [
      zstdCompressSync(text),
      zstdCompressSync(text, { params: { [constants.ZSTD_c_checksumFlag]: 1 } }),
    ] as const;
    expect(await causesOf(...zstd)).toEqual([like("compression", "zstd data of equal content")]);
  });

  test("reports the header of a truncated file, and warns that its content was not compared", async () => {
    const [left, right] = [withTime(gzipSync("one\n"), 1), withTime(gzipSync("one\n"), 2)];
    const { causes, warnings, damage } = await explain(left, right.subarray(0, -9));
    expect(causes).toMatchObject([{ kind: "timestamp", place: "gzip header" }]);
    expect(warnings).toEqual([expect.stringMatching(/^the content was not compared: /)]);
    expect(damage).toBeUndefined();
  });

  test("reports a truncated file with an equal header as damaged", async () => {
    const packed = gzipSync("one\n");
    const { causes, warnings, damage } = await explain(packed, packed.subarray(0, -9));
    expect(damage).toBeDefined();
    expect(warnings).toEqual([]);
    expect(causes).toMatchObject([{ kind: "content" }]);
  });

  test("opens nested archives up to a limit, and warns beyond it", async () => {
    const wrapped = (text: string, times: number): Buffer =>
      times === 0 ? Buffer.from(text) : gzipSync(wrapped(text, times - 1));
    expect(await causesOf(wrapped("one\n", 7), wrapped("two\n", 7))).toEqual([
      ["embedded-text", `${"unpacked, ".repeat(7)}line 1`, "one", "two"],
    ]);
    const { warnings, causes } = await explain(wrapped("one\n", 8), wrapped("two\n", 8));
    expect(warnings).toEqual([`${"unpacked, ".repeat(7)}gzip was not opened: it is 7 archives deep`]);
    expect(causes).toMatchObject([{ kind: "content" }]);
  });
});
