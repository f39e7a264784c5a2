import { describe, expect, test } from "@jest/globals";
import { newTexts } from "./moved-blocks.ts";
import type { TextRun } from "./text-runs.ts";

/** Runs in the order of a file, each followed by one byte that is not text. */
function runs(...texts: readonly string[]): TextRun[] {
  let offset = 0;
  return texts.map((text) => {
    const run = { text, offset };
    offset += text.length + 1;
    return run;
  });
}

/** Texts without a terminator between them, as Rust stores them. */
function glued(...texts: readonly string[]): string {
  return texts.join("");
}

function newIn(left: readonly string[], right: readonly string[]): [string[], string[]] {
  const found = newTexts(runs(...left), runs(...right));
  return [found.left.map(({ text }) => text), found.right.map(({ text }) => text)];
}

describe("newTexts", () => {
  test.each([
    ["joined to another", ["kind", glued("true", "main", "char")], [glued("kind", "true", "main", "char")]],
    ["in another order", [glued("alpha", "bravo", "charlie")], [glued("charlie", "alpha", "bravo")]],
    ["that is short and between others", [glued("kind", "fn", "true"), "main"], [glued("true", "fn", "main"), "kind"]],
    ["joined to a short one", [glued("true", "main")], ["true", glued("as", "main")]],
    [
      "that another text separates from its neighbor",
      [glued("one long", "two long"), "three long"],
      [glued("one long", "three long", "two long")],
    ],
  ])("leaves out a text %s", (_name, left, right) => {
    expect(newIn(left, right)).toEqual([[], []]);
  });

  test.each([
    [
      "a changed value",
      [glued("kind", "built with 2 jobs", "true"), "main"],
      ["kind", glued("main", "built with 3 jobs", "true")],
    ],
    [
      "a longer value",
      [glued("kind", "version 1.2 of it", "true"), "main"],
      [glued("main", "version 1.2-beta of it", "true"), "kind"],
    ],
  ])("keeps %s without its neighbors", (_name, left, right) => {
    const [a, b] = newIn(left, right);
    expect([a.length, b.length]).toEqual([1, 1]);
    expect(a.join()).toMatch(/^(built with 2 jobs|version 1\.2 of it)(true)?$/);
    expect(b.join()).toMatch(/^(built with 3 jobs|version 1\.2-beta of it)(true)?$/);
  });

  test.each([
    [
      "numbers that are partly the same",
      ["[119, 47, 114, 101, 110, 110, 47, 102, 51, 56, 50, 67, 52, 45, 116, 99]"],
      ["[119, 47, 114, 101, 110, 110, 47, 120, 98, 52, 66, 67, 55, 45, 116, 99]"],
    ],
    ["numbers that are all different", ["[169, 23, 142, 5, 146, 230, 21]"], ["[137, 85, 70, 240, 31, 142, 23]"]],
    ["words in another order", ["alpha foxtrot echo bravo"], ["echo alpha foxtrot bravo"]],
    ["three words in another order", ["alpha echo bravo"], ["echo alpha bravo"]],
  ])("keeps one text of %s", (_name, left, right) => {
    expect(newIn(left, right)).toEqual([left, right]);
  });

  test("keeps an edited text separate from a long text that moved next to it", () => {
    const [path, other] = ["/rustc/0123abcd/library/alloc/src/map.rs", "a text that does not change at all"];
    const [left, right] = newIn(
      [glued(path, "one 12, 13, 14 built"), other],
      [other, glued("one 14, 12, 9, 13 built", path)],
    );
    expect([...left, ...right].join()).not.toContain(path);
  });

  test("leaves out a long text that both sides have between other texts", () => {
    const long = "the text that moved";
    expect(newIn([glued("-beta", long, "alpha")], [glued("charlie", long, "-beta")])).toEqual([["alpha"], ["charlie"]]);
  });

  test("cuts a text that contains the whole text of the other side more than once", () => {
    expect(newIn(["name", "name"], [glued("name", "alice", "name", "bobby")])).toEqual([
      ["name", "name"],
      ["alice", glued("name", "bobby")],
    ]);
  });

  test("leaves out the equal end of two texts when the word before it comes from another text", () => {
    expect(newIn(["built by bob for linux", "the root"], ["built by another root for linux"])).toEqual([
      ["built by bob", "the root"],
      ["built by another root"],
    ]);
  });

  test("keeps a value that changed to one that also occurs elsewhere", () => {
    expect(newIn(["branch: main", "mainly test"], ["branch: test", "mainly test."])).toEqual([
      ["branch: main", "mainly test"],
      ["branch: test", "mainly test."],
    ]);
  });

  test.each([
    ["a folder", "/home/a/.cargo/registry/x.rs", "/work/.cargo/registry/x.rs"],
    ["an additional folder", "/build/1st/src/x.rs", "/build/src/x.rs"],
    ["a time", "at 2026-11-30T01:02:03Z", "at 2027-10-29T11:12:13Z"],
    ["an additional word", "hello world", "hello big world"],
    ["an end", "version 1.2", "version 1.2-beta"],
    ["all of it", "root", "someone-else"],
  ])("keeps the whole of a text in which %s differs", (_name, left, right) => {
    expect(newIn([left], [right])).toEqual([[left], [right]]);
  });

  test("gives the offset of a piece in the file", () => {
    const found = newTexts(
      runs(glued("kind", "true", "built by root"), "main"),
      runs(glued("true", "kind"), glued("main", "built by nobody")),
    );
    expect(found.hasMoved).toBe(true);
    expect(found.left).toEqual([{ text: "built by root", offset: 8, isDelimited: true }]);
    expect(found.right).toEqual([{ text: "built by nobody", offset: 13, isDelimited: true }]);
  });

  test.each([true, false])("keeps whether a text is delimited in the piece with its start: %s", (isDelimited) => {
    const left = runs(glued("built by root", "kind"), "main").map((run) => ({ ...run, isDelimited }));
    const found = newTexts(left, runs(glued("kind", "main"), "built by nobody"));
    expect(found.left).toEqual([{ text: "built by root", offset: 0, isDelimited }]);
  });

  test("keeps text that one side has more often", () => {
    const longer = glued("kind of it", "main");
    expect(newIn(["kind", "kind of it"], [longer])).toEqual([["kind", "kind of it"], [longer]]);
  });

  test("keeps the whole of a list with one new member", () => {
    const list = (members: string): string => `built with ${members} at here`;
    const [left, right] = [list("c.txt,a.txt,b.txt"), list("a.txt,c.txt")];
    expect(newIn([left], [right])).toEqual([[left], [right]]);
    expect(newIn([list("[97, 109, 112]")], [list("[67, 109, 97, 1]")])).toEqual([
      [list("[97, 109, 112]")],
      [list("[67, 109, 97, 1]")],
    ]);
    const ended = (members: string): string => `${list(members)}, and nowhere else on this machine`;
    expect(newIn([ended("[97, 109, 112]")], [ended("[67, 109, 97, 1]")])).toEqual([
      [ended("[97, 109, 112]")],
      [ended("[67, 109, 97, 1]")],
    ]);
  });

  test("does not process very long texts", () => {
    const [left, right] = [runs("a".repeat(300_000), "kind"), runs("b".repeat(300_000), "kind")];
    expect(newTexts(left, right)).toEqual({ left, right, hasMoved: false });
  });
});
