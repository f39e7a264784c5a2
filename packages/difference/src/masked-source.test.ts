import { expect, test } from "@jest/globals";
import { memorySource, type RandomAccessSource, readExactly } from "@release-actions/archive";
import { maskSource } from "./masked-source.ts";

const TEXT = Buffer.from("0123456789");
const inPieces: RandomAccessSource = {
  size: TEXT.length,
  async *read(offset, length) {
    for (let at = offset; at < offset + length; at += 3) yield TEXT.subarray(at, Math.min(at + 3, offset + length));
  },
};

test.each([
  ["in one piece", memorySource(TEXT)],
  ["in pieces of three bytes", inPieces],
])("returns zeros for masked ranges when reading %s", async (_name, source) => {
  const masked = maskSource(source, [
    { start: 0, end: 1 },
    { start: 2, end: 4 },
    { start: 5, end: 7 },
  ]);
  const read = async (offset: number, length: number): Promise<string> =>
    Buffer.from(await readExactly(masked, offset, length))
      .toString()
      .replaceAll("\0", "-");
  expect(await read(0, 10)).toBe("-1--4--789");
  expect(await read(3, 3)).toBe("-4-");
  expect(await read(6, 4)).toBe("-789");
  expect(TEXT.toString()).toBe("0123456789");
});

test("may end before its source", async () => {
  const masked = maskSource(memorySource(TEXT), [], 4);
  expect(masked.size).toBe(4);
  expect(Buffer.from(await readExactly(masked, 0, 4)).toString()).toBe("0123");
});
