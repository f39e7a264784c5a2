import { expect, test } from "@jest/globals";
import { memorySource } from "@release-actions/archive";
import { narrowSource } from "./narrow-source.ts";

async function narrowed(bytes: Uint8Array, offset: number, length: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of narrowSource(memorySource(bytes)).read(offset, length)) chunks.push(chunk);
  return Buffer.concat(chunks).toString("latin1");
}

test("reads a text of UTF-16 as bytes, from any place", async () => {
  const bytes = Buffer.from("a text", "utf16le");
  expect(narrowSource(memorySource(bytes)).size).toBe(6);
  expect(await narrowed(bytes, 0, 6)).toBe("a text");
  expect(await narrowed(bytes, 2, 3)).toBe("tex");
});

test("puts one and the same sign for what is not Latin", async () => {
  const [first, second, ...rest] = await narrowed(Buffer.from("žЖx", "utf16le"), 0, 3);
  expect([first === second, rest]).toEqual([true, ["x"]]);
});
