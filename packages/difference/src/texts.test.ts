import { describe, expect, test } from "@jest/globals";
import { memorySource, type RandomAccessSource } from "@release-actions/archive";
import { append, pairTexts } from "./text-pair.ts";
import { MAX_RUN_LENGTH, scanRuns } from "./text-runs.ts";
import { compareTexts } from "./texts.ts";

const source = (text: string): RandomAccessSource => memorySource(Buffer.from(text, "latin1"));
const inPieces = (text: string, size: number): RandomAccessSource => ({
  size: text.length,
  async *read(offset, length) {
    for (let at = offset; at < offset + length; at += size)
      yield Buffer.from(text.slice(at, Math.min(at + size, offset + length)), "latin1");
  },
});

async function runs(from: RandomAccessSource, start = 0, limit = Number.POSITIVE_INFINITY) {
  const found: [text: string, offset: number, length: number][] = [];
  await scanRuns(from, start, (run) => {
    found.push([run.text(), run.offset, run.length]);
    return found.length < limit;
  });
  return found;
}

describe("scanRuns", () => {
  const TEXT = "abcd\0abc\0\x1f one two\t3~\x7fxy\x80last";
  const EXPECTED = [
    ["abcd", 0, 4],
    [" one two\t3~", 10, 11],
    ["last", 25, 4],
  ];

  test("returns runs of at least four printable bytes", async () => {
    expect(await runs(source(TEXT))).toEqual(EXPECTED);
    expect(await runs(source("abc"))).toEqual([]);
    expect(await runs(source(""))).toEqual([]);
    expect(await runs(source("abcd\0"))).toEqual([["abcd", 0, 4]]);
  });

  test.each([1, 2, 3, 5, 7, 11])("returns the same runs in pieces of %d bytes", async (size) => {
    expect(await runs(inPieces(TEXT, size))).toEqual(EXPECTED);
  });

  test("starts at the given offset, and counts offsets from the start of the file", async () => {
    expect(await runs(source(TEXT), 10)).toEqual(EXPECTED.slice(1));
    expect(await runs(source(TEXT), 12)).toEqual([
      ["ne two\t3~", 12, 9],
      ["last", 25, 4],
    ]);
  });

  test("ends when the callback returns false", async () => {
    expect(await runs(source(TEXT), 0, 1)).toEqual(EXPECTED.slice(0, 1));
    const long = "x".repeat(3 * MAX_RUN_LENGTH);
    expect(await runs(source(long), 0, 1)).toHaveLength(1);
  });

  test("splits a longer run into pieces of 8192 bytes", async () => {
    const long = `\0${"x".repeat(2 * 8192)}tail`;
    const expected = [
      ["x".repeat(8192), 1, 8192],
      ["x".repeat(8192), 1 + 8192, 8192],
      ["tail", 1 + 2 * 8192, 4],
    ];
    expect(await runs(source(long))).toEqual(expected);
    expect(await runs(inPieces(long, 1000))).toEqual(expected);
  });

  test("gives equal hashes to equal texts only, wherever they are", async () => {
    const hashes = async (from: RandomAccessSource) => {
      const found: string[] = [];
      await scanRuns(from, 0, ({ hash, check }) => found.push(`${hash} ${check}`) > 0);
      return found;
    };
    const all = await hashes(source("abcd\0abdc\0dcba\0abcd\0aabb\0bbaa\0abcde"));
    expect(new Set(all).size).toBe(6);
    expect(all[0]).toBe(all[3]);
    expect(await hashes(inPieces("abcd\0abdc\0dcba\0abcd\0aabb\0bbaa\0abcde", 3))).toEqual(all);
    // Each of the two hashes distinguishes texts with the same letters.
    const parts = all.map((both) => both.split(" "));
    for (const index of [0, 1]) expect(new Set(parts.map((both) => both[index])).size).toBe(6);
  });
});

const pairsOf = async (left: string, right: string) => {
  const { pairs, unpaired } = await compareTexts([source(left), source(right)]);
  return { pairs: pairs.map((pair) => [pair.left.text, pair.right.text]), unpaired: unpaired.map(({ text }) => text) };
};

describe("compareTexts", () => {
  test("leaves out texts that both sides have equally often", async () => {
    expect(await pairsOf("same text\0same text\0", "same text\0\0\0same text\0")).toEqual({ pairs: [], unpaired: [] });
    expect(await pairsOf("same text\0same text\0", "same text\0")).toEqual({ pairs: [], unpaired: ["same text"] });
    expect(await pairsOf("same text\0", "same text\0same text\0")).toEqual({ pairs: [], unpaired: ["same text"] });
  });

  test("pairs texts by their ends, then by their beginnings", async () => {
    expect(await pairsOf("one and the same end\0this is said: 1", "\x01the same end\0this is said: 22")).toEqual({
      pairs: [
        ["one and the same end", "the same end"],
        ["this is said: 1", "this is said: 22"],
      ],
      unpaired: [],
    });
    expect(
      await pairsOf("a common beginning: 1\0a common beginning is 2", "a common beginning is 3\0a common beginning: 4"),
    ).toMatchObject({ unpaired: [] });
  });

  test("pairs paths by their last name, and other texts by their position", async () => {
    expect(await pairsOf("/a/one.rs\0/a/two.rs", "/bb/two.rs\0/cc/one.rs")).toEqual({
      pairs: [
        ["/a/one.rs", "/cc/one.rs"],
        ["/a/two.rs", "/bb/two.rs"],
      ],
      unpaired: [],
    });
    expect(await pairsOf("abcd\0efgh\0lonely", "ABCD\0EFGH")).toEqual({
      pairs: [
        ["abcd", "ABCD"],
        ["efgh", "EFGH"],
      ],
      unpaired: ["lonely"],
    });
  });

  test("pairs the remaining texts in order when their numbers are equal", async () => {
    expect(await pairsOf("abcd\0efgh", "\x01ABCD\0EFGH")).toEqual({
      pairs: [
        ["abcd", "ABCD"],
        ["efgh", "EFGH"],
      ],
      unpaired: [],
    });
    expect(await pairsOf("abcd\0efgh", "\x01ABCD")).toEqual({ pairs: [], unpaired: ["abcd", "efgh", "ABCD"] });
  });

  test("pairs several texts with the same end in order", async () => {
    expect(await pairsOf("1/the same ending\x002/the same ending", "3/the same ending\x004/the same ending")).toEqual({
      pairs: [
        ["1/the same ending", "3/the same ending"],
        ["2/the same ending", "4/the same ending"],
      ],
      unpaired: [],
    });
  });

  test("returns pairs in the order of the left file", async () => {
    const { pairs } = await pairsOf("abcd\0one and the same end", "ABCD\0two and the same end");
    expect(pairs).toEqual([
      ["abcd", "ABCD"],
      ["one and the same end", "two and the same end"],
    ]);
  });

  test("treats a text with two words exchanged as edited when the rest is equal", async () => {
    const [left, right] = [source("ab\0form.name\0cd"), source("ab\0name.form\0cd")];
    expect((await compareTexts([left, right])).pairs).toEqual([]);
    const { pairs, hasMoved } = await compareTexts([left, right], { isAlone: true });
    expect(pairs.map((pair) => [pair.left.text, pair.right.text])).toEqual([["form.name", "name.form"]]);
    expect(hasMoved).toBe(false);
    const longer = await compareTexts([source("ab\0form.name\0cd"), source("ab\0name.form\0ce")], { isAlone: true });
    expect(longer.pairs).toEqual([]);
  });

  test("treats a list of numbers as one text, whatever numbers both sides share", async () => {
    let state = 1;
    const next = (below: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return Math.floor(((state >>> 8) / 2 ** 24) * below);
    };
    const list = (): string => Array.from({ length: 3 + next(9) }, () => 40 + next(90)).join(", ");
    for (let round = 0; round < 300; round += 1) {
      const [one, other] = [list(), list()].map((numbers) => `\0\x02 [112, 116, 95, 47, ${numbers}, 47, 109]\0end`);
      const { pairs, unpaired } = await compareTexts([source(one ?? ""), source(other ?? "")]);
      expect([pairs.length, unpaired, one, other]).toEqual([1, [], one, other]);
    }
  });

  test("counts how often each side has a text", async () => {
    const { pairs, unpaired } = await compareTexts([source("one text\0one text\0"), source("\x01\x01one text\0")]);
    expect([pairs, unpaired.map(({ text }) => text)]).toEqual([[], ["one text"]]);
  });

  test("counts a text at the same place on both sides once, and the others too", async () => {
    const [left, right] = ["one text\0\x01one text\0\x01\x01one text\0", "one text\0\x01\x01one text\0"];
    expect(await pairsOf(left, right)).toEqual({ pairs: [], unpaired: ["one text"] });
  });

  test("finds which of two equal texts differs", async () => {
    const { pairs } = await compareTexts([source("one text\0\x01one text\0"), source("two text\0\x01one text\0")]);
    expect(pairs.map((pair) => [pair.left.offset, pair.right.offset])).toEqual([[0, 0]]);
  });

  test.each([
    ["main", "dev"],
    ["1.2.3", "1.2"],
    ["x", "yesterday"],
  ])("pairs %s with %s although one of them is too short for a run", async (left, right) => {
    const { pairs, unpaired } = await compareTexts([source(`\x03\x01${left}\0\x02`), source(`\x03\x01${right}\0\x02`)]);
    expect(pairs.map((pair) => [pair.left.text, pair.right.text])).toEqual([[left, right]]);
    expect(unpaired).toEqual([]);
  });

  test("pairs a text with a letter beyond ASCII in the middle once", async () => {
    const bytes = (text: string): string => Buffer.from(text).toString("latin1");
    const [left, right] = [bytes("alice ë built"), bytes("carol ë found")];
    expect(await pairsOf(`\0${left}\0`, `\0${right}\0`)).toEqual({ pairs: [[left, right]], unpaired: [] });
  });

  test("does not pair a text with nothing", async () => {
    const { pairs, unpaired } = await compareTexts([source("\x03\x01main\0"), source("\x03\x01\0\0\0\0\0")]);
    expect([pairs, unpaired.map(({ text }) => text)]).toEqual([[], ["main"]]);
  });

  test("does not pair a text with bytes after a different number", async () => {
    const { unpaired } = await compareTexts([source("\x03\x01main\0"), source("\x04\x02dev\0")]);
    expect(unpaired).toHaveLength(1);
  });

  test("does not read texts before the start", async () => {
    const { pairs, unpaired } = await compareTexts([source("before\0abcd"), source("BEFORE\0ABCD")], { start: 7 });
    expect(pairs.map(({ left }) => left)).toMatchObject([{ text: "abcd", offset: 7 }]);
    expect(unpaired).toEqual([]);
  });

  test("reads at most 20,000 differing texts of each side", async () => {
    const many = (count: number): string =>
      Array.from({ length: count }, (_none, index) => String(index).padStart(5, "_")).join("\0");
    expect((await compareTexts([source(many(20_000)), source("")])).isCut).toBe(false);
    expect((await compareTexts([source(many(20_001)), source("")])).isCut).toBe(true);
    expect((await compareTexts([source(""), source(many(20_001))])).isCut).toBe(true);
  });
});

test("append keeps all items of a key in their order", () => {
  const lists = new Map<string, number[]>();
  for (const item of [1, 2, 3]) append(lists, item === 2 ? "even" : "odd", item);
  expect([...lists]).toEqual([
    ["odd", [1, 3]],
    ["even", [2]],
  ]);
});

describe("pairTexts", () => {
  test.each<[left: string, right: string, prefix: number, suffix: number]>([
    ["abc-1-xyz", "abc-22-xyz", 4, 4],
    ["same", "same", 4, 0],
    ["aa", "aaa", 2, 0],
    ["aaa", "aa", 2, 0],
    ["abcab", "ab", 2, 0],
    ["xab", "ab", 0, 2],
    ["a", "b", 0, 0],
    ["", "b", 0, 0],
  ])("finds the common prefix and suffix of %j and %j", (one, other, prefix, suffix) => {
    const [left, right] = [
      { text: one, offset: 5 },
      { text: other, offset: 9 },
    ];
    expect(pairTexts(left, right)).toEqual({ left, right, prefix, suffix });
  });
});
