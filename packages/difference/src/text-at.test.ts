import { expect, test } from "@jest/globals";
import { memorySource } from "@release-actions/archive";
import { textAt } from "./text-at.ts";

const at = (bytes: string, place: number): Promise<string | undefined> =>
  textAt(memorySource(Buffer.from(bytes, "latin1")), place);

test.each([
  ["returns a text from its start", "\x01\x02hello world\x03", 8, "hello world"],
  ["returns a text that starts at the offset", "\x01hello\x00", 1, "hello"],
  ["returns a text up to the end of the file", "\x00hello", 5, "hello"],
  ["returns a text of four characters", "\x00abcd\x00", 2, "abcd"],
  ["returns nothing for three characters", "\x00abc\x00", 2, undefined],
  ["returns nothing for other bytes", "hello\x00\x01\x02", 6, undefined],
  ["returns nothing for an offset after a text", "hello\x00", 5, undefined],
  ["returns at most 40 characters", `${"a".repeat(10)}${"b".repeat(60)}`, 10, `${"a".repeat(10)}${"b".repeat(30)}`],
  [
    "returns at most 20 characters before the offset",
    `${"a".repeat(30)}${"b".repeat(60)}`,
    30,
    `${"a".repeat(20)}${"b".repeat(20)}`,
  ],
  ["returns a text far into a file", `${"\x01".repeat(200)}some text\x01`, 203, "some text"],
  ["reads no more than 64 bytes before the offset", `${"a".repeat(100)}b`, 100, `${"a".repeat(20)}b`],
])("%s", async (_name, bytes, place, expected) => expect(await at(bytes, place)).toBe(expected));
