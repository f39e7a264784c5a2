import { expect, test } from "@jest/globals";
import { memorySource } from "@release-actions/archive";
import { narrowSource } from "./narrow-source.ts";

async function narrowed(bytes: Uint8Array, offset: number, length: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of narrowSource(memorySource(bytes)).read(offset, length)) chunks.push(chunk);
  return Buffer.concat(chunks).toString("latin1");
}

test("reads a UTF-16 text as bytes, from any offset", async () => {
  const bytes = Buffer.from("a text", "utf16le");
  expect(narrowSource(memorySource(bytes)).size).toBe(6);
  expect(await narrowed(bytes, 0, 6)).toBe("a text");
  expect(await narrowed(bytes, 2, 3)).toBe("tex");
});

test("replaces all non-Latin characters with the same byte", async () => {
  const [first, second, ...rest] = await narrowed(Buffer.from("žЖx", "utf16le"), 0, 3);
  expect([first === second, rest]).toEqual([true, ["x"]]);
});
