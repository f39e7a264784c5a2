import { expect, test } from "@jest/globals";
import { ByteReader } from "./byte-reader.ts";

test("reads little-endian fields in order, and reports its offset in the archive", () => {
  const bytes = Buffer.from("01020304050607080910111213140000000000ff", "hex").subarray(1);
  const reader = new ByteReader(bytes, 100, "a header");
  expect([reader.offset, reader.left]).toEqual([100, 19]);
  expect(reader.u16()).toBe(0x0302);
  expect(reader.u32()).toBe(0x07060504);
  expect([reader.offset, reader.left]).toEqual([106, 13]);
  expect(Buffer.from(reader.bytes(2)).toString("hex")).toBe("0809");
  expect(reader.u64()).toBe(0x00_00_00_14_13_12_11_10);
  expect([reader.offset, reader.left]).toEqual([116, 3]);
  expect(() => reader.u32()).toThrow(
    expect.objectContaining({ problem: "cut", message: "a header is cut short (at byte 116)" }),
  );
  expect(reader.bytes(3)).toHaveLength(3);
  expect(() => reader.bytes(1)).toThrow("a header is cut short (at byte 119)");
});

test("refuses integers that a JavaScript number cannot represent exactly", () => {
  const read = (value: bigint): number => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(value);
    return new ByteReader(bytes, 5, "a header").u64();
  };
  expect(read(2n ** 53n - 1n)).toBe(Number.MAX_SAFE_INTEGER);
  expect(() => read(2n ** 53n)).toThrow(
    expect.objectContaining({ problem: "malformed", message: "a header holds a number larger than 2^53 (at byte 5)" }),
  );
});
