import { describe, expect, test } from "@jest/globals";
import { memorySource } from "@release-actions/archive";
import { explainBinary } from "./explain-bytes.ts";
import { explainTexts } from "./explain-texts.ts";
import { BUILT_LEFT, BUILT_RIGHT, causesOf, explain, like, WINDOWS } from "./testing/explain.ts";

const source = (text: string) => memorySource(Buffer.from(text, "latin1"));
const told = (list: readonly { kind: string; place: string; left: string; right: string }[]) =>
  list.map(({ kind, place, left, right }) => [kind, place, left, right]);
const texts = async (left: string, right: string, firstDifference?: number) =>
  await explainTexts([source(left), source(right)], {
    ...{ place: ".data+", windows: WINDOWS },
    ...(firstDifference === undefined ? {} : { firstDifference }),
  });

describe("explainTexts", () => {
  test("distinguishes certain, possible and evident causes, with hexadecimal offsets", async () => {
    const text = (folder: string, day: string, version: string, word: string): string =>
      [`/home/${folder}/a.c`, `on 2025-11-${day}T10:00:00Z`, `version ${version}`, word].join("\0");
    const found = await texts(text("one", "18", "1.2.3", "abcd"), text("two", "19", "1.2.4", "wxyz"));
    expect(told(found.certain)).toEqual([
      ["build-path", ".data+0x6", "/home/one", "/home/two"],
      ["timestamp", ".data+0x1a", "2025-11-18T10:00:00Z", "2025-11-19T10:00:00Z"],
    ]);
    expect(told(found.possible)).toEqual([
      ["embedded-text", ".data+0x32", "version 1.2.3", "version 1.2.4"],
      ["embedded-text", ".data+0x34", "abcd", "wxyz"],
    ]);
    expect(told(found.evident)).toEqual([["embedded-text", ".data+0x32", "version 1.2.3", "version 1.2.4"]]);
    expect(found).toMatchObject({ isComplete: true });
    expect(found.pairs).toHaveLength(4);
  });

  test("reports flags that map a path, and leaves out hashes that follow from flags", async () => {
    const flags = (folder: string): string => `cc -ffile-prefix-map=/home/${folder}/src=. -O2`;
    expect(told((await texts(flags("one"), flags("two"))).certain)).toEqual([like("build-flags")]);
    const hash = (digits: string): string => `build/a-${digits}847e8c7c6658/out`;
    const found = await texts(`${hash("8e20")}\0built by alice`, `${hash("226d")}\0built by bob`);
    expect([found.certain, told(found.possible)]).toEqual([[], [like("embedded-text", ".data+0x26")]]);
    const beside = (digits: string, name: string): string => `${hash(digits)}\0/home/${name}/a.c\0built by ${name}`;
    const three = await texts(beside("8e20", "alice"), beside("226d", "bob"));
    expect([told(three.certain), told(three.possible)]).toEqual([
      [like("build-path", ".data+0x23")],
      [like("embedded-text", ".data+0x36")],
    ]);
    // When only the hash differs, it is a text like others.
    expect(told((await texts(hash("8e20"), hash("226d"))).possible)).toEqual([like("embedded-text")]);
  });

  test("reports no possible causes when a text has no counterpart", async () => {
    const found = await texts("version 1.2.3\0abcd", "version 1.2.4");
    expect(found).toMatchObject({ isComplete: false, possible: [], certain: [] });
    expect(told(found.evident)).toEqual([like("embedded-text")]);
  });

  test("reports no more than 16 texts, since more come from other content", async () => {
    const many = (count: number, side: string): string =>
      Array.from({ length: count }, (_none, index) => `version ${index} of ${side} as said`).join("\0");
    const few = await texts(many(16, "a"), many(16, "b"));
    expect([few.possible.length, few.evident.length]).toEqual([16, 16]);
    const more = await texts(many(17, "a"), many(17, "b"));
    expect([more.possible.length, more.evident.length, more.isComplete]).toEqual([0, 0, true]);
  });

  test.each<[left: string, right: string, isEvident: boolean]>([
    ["version 1.2.3", "version 1.2.4", true],
    ["abcdef1", "abcdef2", true],
    ["abcde1", "abcde2", false],
    ["sixsix 123456", "sixsix 654321", true],
    ["sixsix 1234567", "sixsix 7654321", true],
    ["sixsix 12345678", "sixsix 87654321", false],
    ["sixsix 1", "sixsix 1234567890", false],
    ["#!abcdefghijklmnop1", "#!abcdefghijklmnop2", true],
    ["#!$abcdefghijklmnop1", "#!$abcdefghijklmnop2", false],
    ["a.b:c/d-e_f g1", "a.b:c/d-e_f g2", true],
  ])("finds it evident that %s and %s are the same text: %s", async (left, right, isEvident) => {
    expect((await texts(left, right)).evident).toHaveLength(isEvident ? 1 : 0);
  });

  test("finds it evident that words between NULs are texts, but only in a program", async () => {
    const evident = async (left: string, right: string, options: { readonly isProgram?: boolean }) =>
      told((await explainTexts([source(left), source(right)], { place: "", windows: WINDOWS, ...options })).evident);
    const found = [["embedded-text", "0x1", "abcd", "wxyz"]];
    expect(await evident("\0abcd\0", "\0wxyz\0", { isProgram: true })).toEqual(found);
    expect(await evident("\0abcd\0", "\0wxyz\0", {})).toEqual([]);
    expect(await evident("\0abcd\0", "\x01wxyz\0", { isProgram: true })).toEqual([]);
    expect(await evident("\0abcd\x01", "\0wxyz\0", { isProgram: true })).toEqual([]);
  });

  test("takes exchanged words for moved ones, unless nothing else differs", async () => {
    const [left, right] = [source("ab\0form.name\0cd"), source("ab\0name.form\0cd")];
    const options = { place: "", windows: WINDOWS };
    expect((await explainTexts([left, right], options)).possible).toEqual([]);
    expect((await explainTexts([left, right], { ...options, isAlone: true })).possible).toHaveLength(1);
  });

  test("does not read texts far before the first difference", async () => {
    const [left, right] = ["x".repeat(9000), "x".repeat(9000)];
    const found = await texts(`version 1.2.3\0${left}`, `version 1.2.4\0${right}`, 9000);
    expect(found).toMatchObject({ certain: [], possible: [] });
    expect((await texts("version 1.2.3", "version 1.2.4", 12)).possible).toHaveLength(1);
  });
});

describe("bytes of an unknown format", () => {
  test("reports a text that is the only difference", async () => {
    expect(await causesOf("\0\x01version 1.2.3\0\x02", "\0\x01version 1.2.10\0\x02")).toEqual([
      ["embedded-text", "0xe", "version 1.2.3", "version 1.2.10"],
    ]);
  });

  test("reports a text together with other differing bytes", async () => {
    expect(await causesOf("\0\x01version 1.2.3\0\x02", "\0\x01version 1.2.4\0\x03")).toEqual([
      ["embedded-text", "0xe", "version 1.2.3", "version 1.2.4"],
      ["content", "0x10", "02 (of 17 bytes)", "03 (of 17 bytes)"],
    ]);
    // Short letters among differing bytes may be a text only by chance.
    expect(await causesOf("\0\x01abcd\0\x02", "\0\x01wxyz\0\x03")).toEqual([like("content")]);
  });

  test("attributes changed lengths to a path", async () => {
    expect(await causesOf("\0\x10/home/one/a.c\0", "\0\x12/home/three/a.c\0")).toEqual([
      ["build-path", "0x8", "/home/one", "/home/three"],
    ]);
    expect(await causesOf("\0\x10/home/one/a.c\0", "\0\x12/home/two/a.c\0")).toEqual([
      ["build-path", "0x8", "/home/one", "/home/two"],
      ["content", "0x1", expect.stringMatching(/^10 /), expect.stringMatching(/^12 /)],
    ]);
  });

  test("reports times in numbers when no text differs", async () => {
    const number = (seconds: number): Buffer => {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64LE(BigInt(seconds));
      return bytes;
    };
    expect(await causesOf(number(BUILT_LEFT), number(BUILT_RIGHT))).toEqual([like("timestamp", "0x0")]);
    const withText = (seconds: number, text: string): Buffer =>
      Buffer.concat([number(seconds), Buffer.from(`${text}\0\x01\x02\x03\x04\x05\x06\x07\x08`)]);
    expect(
      (await causesOf(withText(BUILT_LEFT, "version 1.2.3"), withText(BUILT_RIGHT, "version 1.2.4"))).map(
        ([kind]) => kind,
      ),
    ).toEqual(["embedded-text", "content"]);
  });

  test("compares lines when both files are texts, and bytes otherwise", async () => {
    expect(await causesOf("a\n", "b\n")).toEqual([["embedded-text", "line 1", "a", "b"]]);
    expect(await causesOf("a\n", "b\0")).toEqual([like("content", "0x0")]);
    expect(await causesOf("b\0", "a\n")).toEqual([like("content", "0x0")]);
    expect(await causesOf("", "a\n")).toEqual([["content", "0x0", "the end (of 0 bytes)", "61 0a (of 2 bytes)"]]);
  });

  test("reports no cause for equal bytes", async () => {
    expect(await explain("\0\x01", "\0\x01")).toMatchObject({
      causes: [],
      parts: [],
      excerpts: [],
      warnings: [],
      map: { differing: 0 },
    });
    const context = { place: "", scratch: "", depth: 0, windows: WINDOWS, warn: () => undefined };
    const unused = async () => ({ causes: [], parts: [] });
    expect(await explainBinary([source("a"), source("b")], { ...context, explain: unused })).toMatchObject([
      { place: "0x0" },
    ]);
  });
});
