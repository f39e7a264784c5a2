import { expect, test } from "@jest/globals";
import { memorySource } from "@release-actions/archive";
import { narrowSource } from "./narrow-source.ts";

async function piecesOf(bytes: Uint8Array, offset: number, length: number): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  for await (const piece of narrowSource(memorySource(bytes)).read(offset, length)) pieces.push(piece);
  return pieces;
}

async function narrowed(bytes: Uint8Array, offset: number, length: number): Promise<string> {
  return Buffer.concat(await piecesOf(bytes, offset, length)).toString("latin1");
}

test("reads a UTF-16 text as bytes, from any offset", async () => {
  const bytes = Buffer.from("a text", "utf16le");
  expect(narrowSource(memorySource(bytes)).size).toBe(6);
  expect(await narrowed(bytes, 0, 6)).toBe("a text");
  expect(await narrowed(bytes, 2, 3)).toBe("tex");
});

test("reads a long text in pieces, none of which is empty", async () => {
  const text = "long text, ".repeat(2 ** 14).slice(0, 2 ** 17);
  const pieces = await piecesOf(Buffer.from(text, "utf16le"), 0, text.length);
  expect(Buffer.concat(pieces).toString("latin1")).toBe(text);
  expect(pieces.every(({ length }) => length > 0)).toBe(true);
});

test("replaces all non-Latin characters with the same byte", async () => {
  const [first, second, ...rest] = await narrowed(Buffer.from("žЖx", "utf16le"), 0, 3);
  expect([first === second, rest]).toEqual([true, ["x"]]);
});
