import { describe, expect, test } from "@jest/globals";
import { memorySource } from "@release-actions/archive";
import { pairShortText } from "./short-text.ts";

async function pairOf(left: string, right: string): Promise<readonly [string, string] | undefined> {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  const at = a.findIndex((byte, index) => byte !== b[index]);
  const pair = await pairShortText([memorySource(a), memorySource(b)], at < 0 ? a.length : at);
  return pair && [pair.left.text, pair.right.text];
}

describe("a text of one to three letters at the first difference", () => {
  test.each([
    ["of different length", "name\0a\0more", "name\0ab\0more", ["a", "ab"]],
    ["between other texts", "name\0dev\0more", "name\0fix\0more", ["dev", "fix"]],
    ["the last of several texts", "name\0dev\0", "name\0fix\0", ["dev", "fix"]],
    ["that the other text starts with", "name\x001.2\0more", "name\x001.2.3\0more", ["1.2", "1.2.3"]],
    [
      "in a field of fixed size, with a longer text on the other side",
      "\x01\0dev\0\0\0\0\0\x01",
      "\x01\0master\0\0\x01",
      ["dev", "master"],
    ],
    ["before an aligned text", "name\0a\0\0", "name\0\0\0\0\0\0\0long text\0", ["a", "long text"]],
    ["at the very beginning", "7\0", "41\0", ["7", "41"]],
  ])("%s", async (_what, left, right, expected) => {
    expect(await pairOf(left, right)).toEqual(expected);
    expect(await pairOf(right, left)).toEqual(expected.toReversed());
  });

  test("with non-ASCII letters, as bytes of UTF-8", async () => {
    const bytes = (text: string): string => Buffer.from(text).toString("latin1");
    expect(await pairOf("name\0Zoë\0", "name\0李雷\0")).toEqual([bytes("Zoë"), bytes("李雷")]);
  });

  test.each([
    ["a number of four bytes", "name\0\0\0\x61\0\0\0\x01", "name\0\0\0\x62\0\0\0\x01"],
    ["a number of two bytes at the end", "\x61\0", "\x62\0"],
    ["bytes next to letters", "name\0a\x01\0more", "name\0bb\x01\0more"],
    ["a text before other differences", "name\0dev\0more\0x", "name\0fix\0more\0y"],
    ["a text without a terminator", "name\0dev", "name\0fix"],
    ["a text that one side lacks", "name\0", "name\0fix\0"],
    ["a text whose start is far away", `${"x".repeat(300)}a\0`, `${"x".repeat(300)}b\0`],
  ])("is not %s", async (_what, left, right) => {
    expect(await pairOf(left, right)).toBeUndefined();
  });
});
