import { describe, expect, test } from "@jest/globals";
import { memorySource } from "@release-actions/archive";
import { differenceApart } from "./same-apart.ts";
import { pairTexts } from "./text-pair.ts";

/** The first difference outside of texts; a text is in brackets and includes them. */
async function apart(left: string, right: string): Promise<number | undefined> {
  const texts = (side: string) =>
    [...side.matchAll(/\[[^\]]*\]/g)].map(({ 0: text, index }) => ({ text, offset: index }));
  const [a, b] = [texts(left), texts(right)];
  const pairs = a.map((run, index) => pairTexts(run, b[index] ?? run)).toReversed();
  return await differenceApart([memorySource(Buffer.from(left)), memorySource(Buffer.from(right))], pairs);
}

describe("differenceApart", () => {
  test.each<[left: string, right: string, at: number | undefined]>([
    ["ab[one]cd[two]ef", "ab[1]cd[2]ef", undefined],
    ["[one]cd[two]", "[1]cd[2]", undefined],
    ["[one][two]", "[1][2]", undefined],
    ["[one]", "[1]", undefined],
    ["ab[one]cd[two]ef", "aX[1]cd[2]ef", 1],
    ["ab[one]cd[two]ef", "ab[1]cX[2]ef", 8],
    ["ab[one]cd[two]ef", "ab[1]Xd[2]ef", 7],
    ["ab[one]cd[two]ef", "ab[1]cd[2]eX", 15],
    ["ab[one]cd", "ab[1]cde", 9],
    ["ab[one]cde", "ab[1]cd", 9],
    ["[one]", "[1]x", 5],
  ])("finds between %s and %s: %s", async (left, right, at) => expect(await apart(left, right)).toBe(at));

  test("ignores a text inside another one", async () => {
    const [left, right] = ["ab[one]cd", "ab[two]cX"];
    const run = (text: string, offset: number) => ({ text, offset });
    const pairs = [
      pairTexts(run("[one]", 2), run("[two]", 2)),
      pairTexts(run("one", 3), run("two", 3)),
      pairTexts(run("[one]", 2), run("[two]", 2)),
    ];
    expect(await differenceApart([memorySource(Buffer.from(left)), memorySource(Buffer.from(right))], pairs)).toBe(8);
  });
});
