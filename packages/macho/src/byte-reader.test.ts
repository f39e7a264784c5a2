import { describe, expect, test } from "@jest/globals";
import { ByteReader } from "./byte-reader.ts";
import { MachoError } from "./error.ts";

const bytes = Buffer.from("00 01 02 03 04 05 06 07 ff ff ff ff".replaceAll(" ", ""), "hex");
const little = new ByteReader(bytes, "a part", "little", 100);

describe("ByteReader", () => {
  test("names the problem and its offset in the error", () => {
    const message = "a part: needs 4 bytes at 9, but has only 12: it is truncated or an offset is wrong (at byte 109)";
    expect(() => little.u32(9)).toThrow(MachoError);
    expect(() => little.u32(9)).toThrow(expect.objectContaining({ message }));
  });

  test("has windows with their own file offsets", () => {
    const window = little.window(4, 4, "a field", "big").window(1, 3, "its end");
    expect([window.start, window.order, window.u16(0), window.length]).toEqual([105, "big", 0x0506, 3]);
    expect(() => window.u32(0)).toThrow("its end: needs 4 bytes at 0, but has only 3");
    expect(little.window(0, 1, "a field").order).toBe("little");
  });

  test("reads text that must end with a NUL", () => {
    const text = new ByteReader(Buffer.from("name\0a\0näme"), "a part", "little", 7);
    expect([text.terminated(0, 5), text.terminated(1, 16), text.terminated(4, 1)]).toEqual(["name", "ame", ""]);
    expect(() => text.terminated(0, 4)).toThrow("a part: a text is not terminated by a NUL (at byte 7)");
    expect(() => text.terminated(7, 100)).toThrow("a part: a text is not terminated by a NUL (at byte 14)");
    expect(() => text.terminated(12, 1)).toThrow("needs 1 byte at 12");
  });
});
