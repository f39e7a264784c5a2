import { crc32, deflateSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import { isPng } from "./explain-png.ts";
import { causesOf, explain, like } from "./testing/explain.ts";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** A chunk (PNG, third edition, 5.3). */
function chunk(type: string, data: Uint8Array | string = ""): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), Buffer.from(data)]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length - 4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

const png = (...chunks: readonly Buffer[]): Buffer => Buffer.concat([SIGNATURE, ...chunks, chunk("IEND")]);
const time = (...fields: readonly [year: number, ...rest: number[]]): Buffer => {
  const [year, ...rest] = fields;
  return chunk("tIME", Buffer.from([year >> 8, year & 255, ...rest]));
};
const PIXELS = Buffer.from("row upon row upon row of the same pixels, ".repeat(20));
const data = (bytes: Buffer): Buffer => chunk("IDAT", bytes);
const [FAST, BEST] = [deflateSync(PIXELS, { level: 0 }), deflateSync(PIXELS, { level: 9 })];

test("isPng recognizes the signature", () => {
  expect(isPng(png())).toBe(true);
  expect(isPng(SIGNATURE.subarray(0, 7))).toBe(false);
  expect(isPng(Buffer.from("\x89PNG\n\n\x1a\n", "latin1"))).toBe(false);
});

describe("PNG images", () => {
  test("the time", async () => {
    const [left, right] = [png(time(2023, 1, 2, 3, 4, 5)), png(time(2025, 11, 20, 23, 59, 60))];
    expect(await causesOf(left, right)).toEqual([
      ["timestamp", "tIME chunk", "2023-01-02T03:04:05Z", "2025-11-20T23:59:60Z"],
    ]);
    expect((await explain(left, right)).format).toBe("png");
    expect(await causesOf(left, png())).toEqual([["timestamp", "tIME chunk", "2023-01-02T03:04:05Z", "none"]]);
    expect(await causesOf(png(chunk("tIME", "short")), png(time(2023, 1, 2, 3, 4, 5)))).toEqual([
      ["timestamp", "tIME chunk", "none", "2023-01-02T03:04:05Z"],
    ]);
  });

  test("texts, by their keys", async () => {
    const text = (key: string, value: string): Buffer => chunk("tEXt", `${key}\0${value}`);
    const left = png(text("Author", "one"), text("date:create", "2023-11-14T10:00:00+00:00"), text("Title", "same"));
    const right = png(text("Author", "two"), text("date:create", "2025-11-20T10:00:00+00:00"), text("Title", "same"));
    expect(await causesOf(left, right)).toEqual([
      ["timestamp", "tEXt chunk, date:create", "2023-11-14T10:00:00+00:00", "2025-11-20T10:00:00+00:00"],
      ["embedded-text", "tEXt chunk, Author", "one", "two"],
    ]);
    expect(await causesOf(png(text("Author", "one\0or two")), png(text("Software", "x")))).toEqual([
      ["embedded-text", "tEXt chunk, Author", "one or two", "absent"],
      ["embedded-text", "tEXt chunk, Software", "absent", "x"],
    ]);
  });

  test("equal pixels that are compressed differently, in any number of chunks", async () => {
    const [left, right] = [png(data(FAST)), png(data(BEST.subarray(0, 10)), data(BEST.subarray(10)))];
    const sizes = [`${FAST.length} bytes`, `${BEST.length} bytes`];
    expect(await causesOf(png(data(FAST)), png(data(BEST)))).toEqual([
      ["compression", "IDAT chunks of equal pixels", ...sizes],
    ]);
    expect((await causesOf(left, right)).map(([kind, place]) => [kind, place])).toEqual([
      ["member-set", "members"],
      ["compression", "IDAT chunks of equal pixels"],
    ]);
    // The same data in more chunks is compressed in the same way.
    expect((await causesOf(png(data(BEST)), right)).map(([kind]) => kind)).toEqual(["member-set", "content"]);
  });

  test("different pixels", async () => {
    const other = deflateSync(Buffer.from(PIXELS).reverse());
    expect(await causesOf(png(data(BEST)), png(data(other)))).toEqual([
      ["content", "IDAT chunk", `${BEST.length} bytes`, `${other.length} bytes`],
    ]);
    expect(await causesOf(png(data(BEST)), png(chunk("IDAT", "damaged")))).toEqual([
      ["content", "IDAT chunk", `${BEST.length} bytes`, "7 bytes"],
    ]);
  });

  test("pixels behind more than 64 MiB of other chunks, which are not unpacked", async () => {
    const large = chunk("juNk", Buffer.alloc(64 * 1024 * 1024 + 1));
    expect(await causesOf(png(data(FAST)), png(large, data(BEST)))).toEqual([
      ["member-set", "members", "-", "juNk chunk"],
      ["content", "IDAT chunk", `${FAST.length} bytes`, `${BEST.length} bytes`],
    ]);
  });

  test("other chunks, by type and order", async () => {
    const [gamma, physical] = [chunk("gAMA", "1234"), chunk("pHYs", "123456789")];
    expect(await causesOf(png(gamma), png(chunk("gAMA", "1235")))).toEqual([
      ["content", "gAMA chunk", "4 bytes", "4 bytes"],
    ]);
    expect(await causesOf(png(gamma), png())).toEqual([["member-set", "members", "gAMA chunk", "-"]]);
    expect((await causesOf(png(gamma, physical), png(physical, gamma))).map(([kind]) => kind)).toEqual([
      "member-order",
    ]);
    expect((await explain(png(gamma), png(chunk("gAMA", "1235")))).parts).toEqual([
      { name: "gAMA chunk", left: 4, right: 4, differing: 1 },
    ]);
  });

  test("a truncated image, up to its end", async () => {
    const whole = png(time(2023, 1, 2, 3, 4, 5), data(BEST));
    expect(await causesOf(whole, whole.subarray(0, -20))).toEqual([
      like("member-set", "members", "IDAT chunk, IEND chunk", "-"),
    ]);
    expect(await causesOf(whole, whole.subarray(0, -1))).toEqual([like("member-set", "members", "IEND chunk", "-")]);
  });
});
