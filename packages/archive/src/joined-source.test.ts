import { describe, expect, test } from "@jest/globals";
import { ArchiveError } from "./error.ts";
import { joinSources } from "./joined-source.ts";
import { memorySource, readExactly } from "./source.ts";

const source = joinSources(["one", "", "three", "four"].map((text) => memorySource(Buffer.from(text))));

describe("joinSources", () => {
  test.each([
    [0, 12, "onethreefour"],
    [0, 3, "one"],
    [2, 3, "eth"],
    [3, 5, "three"],
    [4, 2, "hr"],
    [7, 5, "efour"],
    [12, 0, ""],
  ])("reads, from byte %d, %d bytes", async (offset, length, text) => {
    expect(source.size).toBe(12);
    expect(Buffer.from(await readExactly(source, offset, length)).toString()).toBe(text);
  });

  test.each([
    ["joined parts", source],
    ["bytes in memory", memorySource(Buffer.from("onethreefour"))],
  ])("refuses a range outside of %s", async (_name, one) => {
    const read = async (offset: number, length: number): Promise<void> => {
      for await (const _chunk of one.read(offset, length));
    };
    await expect(read(4, 9)).rejects.toThrow(ArchiveError);
    await expect(read(-1, 2)).rejects.toThrow("bytes -1 to 1 lie outside its 12 bytes");
  });
});
