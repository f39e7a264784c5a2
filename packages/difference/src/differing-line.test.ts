import { describe, expect, test } from "@jest/globals";
import { memorySource, type RandomAccessSource } from "@release-actions/archive";
import { differentBytes } from "./different-bytes.ts";
import { firstDifferingLine } from "./differing-line.ts";

const find = async (left: string, right: string) =>
  await firstDifferingLine([memorySource(Buffer.from(left)), memorySource(Buffer.from(right))]);

describe("the first line that differs", () => {
  test.each<[left: string, right: string, line: number, one: string | undefined, other: string | undefined]>([
    ["a\nb\nc\n", "a\nx\nc\n", 2, "b", "x"],
    ["a\r\nb\r\n", "a\r\nx\r\n", 2, "b", "x"],
    ["abc", "abd", 1, "abc", "abd"],
    ["a\n", "a\nb\n", 2, undefined, "b"],
    ["a\nb\n", "a\n", 2, "b", undefined],
    ["a\nb\n", "a\nbc\n", 2, "b", "bc"],
    ["a", "a\n", 1, "a", "a"],
    ["\n\nx", "\n\ny", 3, "x", "y"],
    ["x\n", "y\n", 1, "x", "y"],
  ])("%j and %j", async (left, right, line, one, other) => {
    expect(await find(left, right)).toEqual({ line, left: one, right: other });
  });

  test("cuts a long line 4096 bytes before and after the start of the difference", async () => {
    const long = (text: string): string => `first\n${"x".repeat(5000)}${text}${"y".repeat(5000)}\n`;
    const { line, left } = await find(long("one"), long("two"));
    expect([line, left]).toEqual([2, `${"x".repeat(4096)}one${"y".repeat(4093)}`]);
  });

  test("counts lines across the pieces in which a file is read", async () => {
    const inPieces = (text: string): RandomAccessSource => ({
      size: text.length,
      async *read(offset, length) {
        for (let at = offset; at < offset + length; at += 3)
          yield Buffer.from(text.slice(at, Math.min(at + 3, offset + length)));
      },
    });
    const text = (last: string): string => `one\ntwo\n\nthree\nfour ${last}\nfive`;
    expect(await firstDifferingLine([inPieces(text("a")), inPieces(text("b"))])).toEqual({
      ...{ line: 5, left: "four a", right: "four b" },
    });
  });
});

describe("differentBytes", () => {
  const show = async (left: string, right: string, at: number) =>
    await differentBytes([memorySource(Buffer.from(left)), memorySource(Buffer.from(right))], at, "in a, ");

  test("shows up to 16 bytes of both sides", async () => {
    expect(await show("0123456789abcdefgh", "01X", 2)).toMatchObject({
      ...{ kind: "content", place: "in a, 0x2", right: "58 (of 3 bytes)" },
      left: "32 33 34 35 36 37 38 39 61 62 63 64 65 66 67 68 (of 18 bytes)",
    });
    expect(await show("0123456789abcdef", "x", 10)).toMatchObject({
      ...{ place: "in a, 0xa", left: "61 62 63 64 65 66 (of 16 bytes)", right: "the end (of 1 byte)" },
    });
  });
});
