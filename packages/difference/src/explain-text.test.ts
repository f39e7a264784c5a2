import { describe, expect, test } from "@jest/globals";
import { causesOf, explain, like } from "./testing/explain.ts";

const lines = (...list: readonly string[]): string => `${list.join("\n")}\n`;

describe("texts: line endings and order", () => {
  test.each([
    ["all of them", "a\nb\n", "a\r\nb\r\n", "LF", "CRLF"],
    ["some of them", "a\r\nb\nc\r\n", "a\nb\nc\n", "CRLF in 2 lines", "LF"],
    ["one of them", "a\r\nb\n", "a\nb\n", "CRLF in 1 line", "LF"],
    ["all but the last", "a\r\nb", "a\nb", "CRLF", "LF"],
  ])("%s", async (_name, left, right, one, other) => {
    expect(await causesOf(left, right)).toEqual([["line-endings", "ends of lines", one, other]]);
  });

  test.each([
    ["a\nb\n", "a\nb", "a line feed", "no line feed"],
    ["a\nb", "a\nb\n", "no line feed", "a line feed"],
    ["a\r\nb", "a\nb\n", "no line feed", "a line feed"],
  ])("the end of the file: %j and %j", async (left, right, one, other) => {
    expect(await causesOf(left, right)).toEqual([["line-endings", "end of the file", one, other]]);
  });

  test("the same lines in a different order", async () => {
    expect(await causesOf(lines("a", "b", "c", "d"), lines("a", "c", "d", "b"))).toEqual([
      ["text-order", "lines from 2 on", "b", "c"],
    ]);
    expect(await causesOf("b\na", "a\nb\n")).toEqual([["text-order", "lines from 1 on", "b", "a"]]);
    expect(await causesOf(lines("a", "", "b"), lines("a", "b", ""))).toEqual([
      ["text-order", "lines from 2 on", "", "b"],
    ]);
  });
});

describe("texts: lines", () => {
  test("a path, a time and a text in separate lines", async () => {
    const text = (folder: string, day: string, user: string): string =>
      lines("start", `root=/home/${folder}/src/a.c`, "same", `date=2025-11-${day}T10:00:00Z`, `user=${user}`);
    expect(await causesOf(text("one", "18", "ann"), text("two", "19", "bob"))).toEqual([
      ["build-path", "line 2", "/home/one", "/home/two"],
      ["timestamp", "line 4", "2025-11-18T10:00:00Z", "2025-11-19T10:00:00Z"],
      ["embedded-text", "line 5", "user=ann", "user=bob"],
    ]);
  });

  test("lines on one side only", async () => {
    expect(await causesOf(lines("a", "b", "c"), lines("a", "c"))).toEqual([["embedded-text", "line 2", "b", "absent"]]);
    expect(await causesOf(lines("a", "c"), lines("a", "x", "y", "c"))).toEqual([
      ["embedded-text", "line 2", "absent", "x (and 1 more line)"],
    ]);
    expect(await causesOf(lines("a", "b", "c", "d", "e"), lines("a", "x", "e"))).toEqual([
      ["embedded-text", "line 2", "b (and 2 more lines)", "x"],
    ]);
  });

  test("numbers count the lines of the left file", async () => {
    const [left, right] = [lines("a", "b", "c", "d", "e"), lines("new", "a", "b", "x", "d", "y")];
    expect(await causesOf(left, right)).toEqual([
      ["embedded-text", "line 1", "absent", "new"],
      ["embedded-text", "line 3", "c", "x"],
      ["embedded-text", "line 5", "e", "y"],
    ]);
    expect((await explain(left, right)).excerpts).toEqual([
      {
        ...{ place: "", source: "lines" },
        lines: ["@@ line 1 / 1 @@", "+new", "@@ line 3 / 4 @@", "-c", "+x", "@@ line 5 / 6 @@", "-e", "+y"],
      },
    ]);
    expect((await explain(right, left)).excerpts[0]?.lines).toContain("@@ line 4 / 3 @@");
  });

  test("an empty line, shown as empty", async () => {
    expect(await causesOf(lines("a", "", "c"), lines("a", "b", "c"))).toEqual([
      ["embedded-text", "line 2", "an empty line", "b"],
    ]);
    expect(await causesOf(lines("a", "b", "c"), lines("a", "  ", "c"))).toEqual([
      ["embedded-text", "line 2", "b", "an empty line"],
    ]);
  });

  test("a block of more than eight lines as one finding, a shorter one by its lines", async () => {
    const block = (count: number, side: string): string =>
      lines("start", ...Array.from({ length: count }, (_none, index) => `${side} of number ${index}`), "end");
    const nine = await explain(block(9, "left"), block(9, "right"));
    expect(nine.causes.map(({ place, count }) => [place, count])).toEqual([["line 2", 9]]);
    expect((await explain(block(8, "left"), block(8, "right"))).causes).toHaveLength(8);
    // Two blocks are two findings.
    const two = await explain(block(9, "left") + block(9, "left"), block(9, "right") + block(9, "right"));
    expect(two.causes.map(({ place, count }) => [place, count])).toEqual([
      ["line 2", 9],
      ["line 13", 9],
    ]);
  });

  test("a time in a long block as a separate cause", async () => {
    const block = (user: string, day: string): string =>
      lines(...Array.from({ length: 9 }, (_none, index) => `${user} ${index}`), `at 2025-11-${day}T10:00:00Z`);
    expect(
      (await explain(block("ann", "18"), block("bob", "19"))).causes.map(({ kind, count }) => [kind, count]),
    ).toEqual([
      ["timestamp", 1],
      ["embedded-text", 9],
    ]);
  });

  test("at most 40 lines of an excerpt, and 240 characters of a line", async () => {
    const many = (side: string): string =>
      lines(...Array.from({ length: 20 }, (_none, index) => `${side}${index}`), "end");
    const { excerpts } = await explain(many("a"), many("b"));
    expect(excerpts[0]?.lines).toHaveLength(41);
    expect(excerpts[0]?.lines.slice(-2)).toEqual(["+b18", "(1 more line)"]);
    const [all] = (await explain(lines("a".repeat(239), "b".repeat(240)), lines("c".repeat(239), "d"))).excerpts;
    expect(all?.lines).toEqual([
      ...["@@ line 1 / 1 @@", `-${"a".repeat(239)}`, `-${"b".repeat(239)}…`],
      ...[`+${"c".repeat(239)}`, "+d"],
    ]);
  });

  test("the part of a long line around its difference", async () => {
    const long = (user: string): string => `${"x".repeat(100)}${user}${"y".repeat(100)}\n`;
    expect(await causesOf(long("[ann]"), long("[bob]"))).toEqual([
      [
        "embedded-text",
        "line 1",
        `…${"x".repeat(23)}[ann]${"y".repeat(23)}…`,
        `…${"x".repeat(23)}[bob]${"y".repeat(23)}…`,
      ],
    ]);
    const whole = (user: string): string => `${"x".repeat(60)}${user}${"y".repeat(57)}\n`;
    expect(await causesOf(whole("ann"), whole("bob"))).toEqual([
      ["embedded-text", "line 1", whole("ann").trim(), whole("bob").trim()],
    ]);
  });

  test("hashes that follow from flags, when the file is a text", async () => {
    const text = (hash: string): string => `dir=build/a-${hash}/out\n`;
    expect(await causesOf(text("8e20847e8c7c6658"), text("226d847e8c7c6658"))).toEqual([
      like("embedded-text", "line 1", "dir=build/a-8e20847e8c7c6658/out", "dir=build/a-226d847e8c7c6658/out"),
    ]);
  });

  test("letters of ISO 8859-1", async () => {
    const text = (name: string): Buffer => Buffer.from(`by ${name} in the house of the author\n`, "latin1");
    expect(await causesOf(text("J\u00fcrgen"), text("Ren\u00e9"))).toEqual([
      [
        "embedded-text",
        "line 1",
        "by J\u00fcrgen in the house of the author",
        "by Ren\u00e9 in the house of the author",
      ],
    ]);
    expect(await causesOf("by J\u00fcrgen\n", "by Ren\u00e9\n")).toEqual([
      ["embedded-text", "line 1", "by J\u00fcrgen", "by Ren\u00e9"],
    ]);
  });

  test("texts of more than 8 MiB, also when one has ended", async () => {
    const long = "a line of text\n".repeat(600_000);
    const { causes, warnings, excerpts } = await explain(long, `${long}more\n`);
    expect(causes).toMatchObject([{ kind: "embedded-text", place: "line 600001", left: "the end", right: "more" }]);
    expect(warnings).toHaveLength(1);
    expect(excerpts[0]).toEqual({ place: "", source: "lines", lines: ["@@ line 600001 @@", "-", "+more"] });
    expect((await explain(`${long}more\n`, long)).causes).toMatchObject([{ left: "more", right: "the end" }]);
    const dated = (day: string): string => `${long}at 2025-11-${day}T10:00:00Z\n`;
    expect((await explain(dated("18"), dated("19"))).causes).toMatchObject([
      { kind: "timestamp", place: "line 600001" },
    ]);
  });
});
