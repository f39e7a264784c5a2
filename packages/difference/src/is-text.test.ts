import { describe, expect, test } from "@jest/globals";
import { memorySource } from "@release-actions/archive";
import { isTextSource } from "./is-text.ts";

const is = async (bytes: Uint8Array | string): Promise<boolean> => await isTextSource(memorySource(Buffer.from(bytes)));
const high = (share: number): Buffer => Buffer.alloc(1000, "a").fill(0xff, 0, 1000 * share);

describe("isTextSource", () => {
  test.each<[name: string, bytes: Uint8Array | string]>([
    ["lines of ASCII with tabs, form feeds and colours", "a\tb\r\n\f\x1b[1mc"],
    ["UTF-8 without any ASCII", "\u0434\u0430".repeat(500)],
    ["UTF-8 that is cut at the end of the inspected bytes", "\u20ac".repeat(30_000)],
    ["ISO 8859-1 with some non-ASCII letters", high(0.249)],
  ])("%s is a text", async (_name, bytes) => expect(await is(bytes)).toBe(true));

  test.each<[name: string, bytes: Uint8Array | string]>([
    ["nothing", ""],
    ["a zero", "text\0"],
    ["a control character", "text\x0b"],
    ["a character just below a space", "text\x1f"],
    ["the delete character", "text\x7f"],
    ["bytes of which a quarter are non-ASCII and not UTF-8", high(0.25)],
  ])("%s is not a text", async (_name, bytes) => expect(await is(bytes)).toBe(false));

  test("inspects only the first 64 KiB", async () => {
    expect(await is(`${"a".repeat(65_536)}\0`)).toBe(true);
    expect(await is(`${"a".repeat(65_535)}\0`)).toBe(false);
  });
});
