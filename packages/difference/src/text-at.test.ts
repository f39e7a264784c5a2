import { expect, test } from "@jest/globals";
import { memorySource } from "@release-actions/archive";
import { textAt } from "./text-at.ts";

const at = (bytes: string, place: number): Promise<string | undefined> =>
  textAt(memorySource(Buffer.from(bytes, "latin1")), place);

test.each([
  ["a text from its beginning", "\x01\x02hello world\x03", 8, "hello world"],
  ["a text that the place begins", "\x01hello\x00", 1, "hello"],
  ["a text up to the end of the file", "\x00hello", 5, "hello"],
  ["four characters", "\x00abcd\x00", 2, "abcd"],
  ["three characters are too few", "\x00abc\x00", 2, undefined],
  ["other bytes", "hello\x00\x01\x02", 6, undefined],
  ["a place behind a text", "hello\x00", 5, undefined],
  ["at most 40 characters", `${"a".repeat(10)}${"b".repeat(60)}`, 10, `${"a".repeat(10)}${"b".repeat(30)}`],
  ["20 of them before the place", `${"a".repeat(30)}${"b".repeat(60)}`, 30, `${"a".repeat(20)}${"b".repeat(20)}`],
  ["far into a file", `${"\x01".repeat(200)}some text\x01`, 203, "some text"],
  ["no more than 64 bytes before it", `${"a".repeat(100)}b`, 100, `${"a".repeat(20)}b`],
])("%s", async (_name, bytes, place, expected) => expect(await at(bytes, place)).toBe(expected));
