import { describe, expect, test } from "@jest/globals";
import { readAttribute } from "./dwarf-attributes.ts";

const LAYOUT = { addressSize: 8, offsetSize: 4, version: 5 };

/** Reads one value of this form from bytes in hex; returns it and the position behind it. */
function read(form: number, hex: string, layout = LAYOUT) {
  const bytes = Buffer.from(hex, "hex");
  const reader = { bytes, at: 0, number: (offset: number, size: number) => bytes.readUIntLE(offset, size) };
  return [readAttribute(reader, { name: 0x03, form }, layout), reader.at];
}

describe("readAttribute", () => {
  test.each([
    ["a flag without bytes", 0x19, "ff", { kind: "number", number: 1 }, 0],
    ["three bytes", 0x2b, "010203ff", { kind: "number", number: 0x030201 }, 3],
    ["sixteen bytes, which are only skipped", 0x1e, "00".repeat(17), { kind: "number", number: 0 }, 16],
    ["an offset of a section", 0x17, "05000000ff", { kind: "number", number: 5 }, 4],
    ["an indirect form", 0x16, "0b07ff", { kind: "number", number: 7 }, 2],
    ["a string", 0x08, "616200ff", { kind: "text", text: "ab" }, 3],
    ["the offset of a string", 0x0e, "0a000000ff", { kind: "text", number: 10 }, 4],
    ["the offset of a string of the line table", 0x1f, "0a000000ff", { kind: "line-text", number: 10 }, 4],
    ["the index of a string", 0x26, "0201ff", { kind: "text-index", number: 0x0102 }, 2],
    ["an index in LEB128", 0x1a, "8101ff", { kind: "text-index", number: 129 }, 2],
    ["a block behind one byte of length", 0x0a, "02aabbff", { kind: "block" }, 3],
    ["a block behind two bytes of length", 0x03, "0100aaff", { kind: "block" }, 3],
    ["a block behind four bytes of length", 0x04, "01000000aaff", { kind: "block" }, 5],
    ["an expression", 0x18, "8101".padEnd(4 + 2 * 129, "0"), { kind: "block" }, 131],
  ])("reads %s", (_what, form, hex, value, end) => {
    expect(read(form, hex)).toEqual([value, end]);
  });

  test("reads a reference to another unit with the size of an address before DWARF 3", () => {
    const bytes = "01000000".padEnd(20, "0");
    const narrow = { ...LAYOUT, addressSize: 2 };
    expect(read(0x10, bytes, { ...narrow, version: 2 })).toEqual([{ kind: "number", number: 1 }, 2]);
    expect(read(0x10, bytes, { ...narrow, version: 3 })).toEqual([{ kind: "number", number: 1 }, 4]);
  });

  test("refuses a string without an end and an unknown form", () => {
    expect(() => read(0x08, "6162")).toThrow("a string in a compile unit is cut");
    expect(() => read(0x99, "00")).toThrow("a compile unit has a value of the unknown form 153");
  });
});
