import { describe, expect, test } from "@jest/globals";
import { ByteWindow } from "./byte-window.ts";

class FormatError extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

class Piece extends ByteWindow {
  protected override fault(message: string, at: number): FormatError {
    return new FormatError(message, at);
  }
}

const bytes = Buffer.from("00 01 02 03 04 05 06 07 ff ff ff ff".replaceAll(" ", ""), "hex");
const little = new Piece(bytes, "a part", "little", 100);
const big = new Piece(bytes, "a part", "big", 100);

describe("ByteWindow", () => {
  test("reads numbers in either order", () => {
    expect([little.u8(1), little.u16(1), little.u32(1), little.i32(8)]).toEqual([1, 0x0201, 0x04030201, -1]);
    expect([big.u8(1), big.u16(1), big.u32(1), big.i32(8), big.i32(4)]).toEqual([
      1, 0x0102, 0x01020304, -1, 0x04050607,
    ]);
    expect([little.bigU64(4), big.bigU64(4)]).toEqual([0xffff_ffff_0706_0504n, 0x0405_0607_ffff_ffffn]);
  });

  test("takes 64-bit values up to what is exact", () => {
    const read = (value: bigint): number => {
      const field = Buffer.alloc(8);
      field.writeBigUInt64BE(value);
      return new Piece(field, "a part", "big").u64(0);
    };
    expect(read(2n ** 53n - 1n)).toBe(2 ** 53 - 1);
    expect(() => read(2n ** 53n)).toThrow("a part: the 64-bit value 0x20000000000000 is larger than any file");
  });

  test("reads up to its last byte and none further, and says where in the file", () => {
    expect([little.length, little.u8(11), little.slice(12, 0).length, little.slice(0, 12).length]).toEqual([
      12, 0xff, 0, 12,
    ]);
    const message = "a part: needs 4 bytes at 9, but has only 12: it is truncated or an offset is wrong";
    expect(() => little.u32(9)).toThrow(expect.objectContaining({ message, at: 109 }));
    expect(() => little.u8(12)).toThrow("needs 1 byte at 12, but has only 12");
    expect(() => little.u16(11)).toThrow("needs 2 bytes at 11");
    expect(() => little.i32(9)).toThrow("needs 4 bytes at 9");
    expect(() => little.bigU64(5)).toThrow("needs 8 bytes at 5");
    expect(() => little.slice(-1, 2)).toThrow(expect.objectContaining({ at: 100 }));
    expect(() => little.slice(2, -1)).toThrow(FormatError);
    expect(() => little.slice(50, 1)).toThrow(expect.objectContaining({ at: 112 }));
  });

  test("reads text up to a NUL, or as far as it may go", () => {
    const text = new Piece(Buffer.from("name\0a\0näme"), "a part", "little", 7);
    expect([text.text(0, 16), text.text(0, 3), text.text(4, 5), text.text(7, 100), text.text(12, 9)]).toEqual([
      ...["name", "nam", "", "näme", ""],
    ]);
    expect(() => text.text(13, 1)).toThrow("needs 0 bytes at 13");
  });
});
