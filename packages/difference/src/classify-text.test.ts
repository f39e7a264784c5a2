import { describe, expect, test } from "@jest/globals";
import { memorySource } from "@release-actions/archive";
import { classify, type TextMeaning } from "./classify-text.ts";
import { compareTexts } from "./texts.ts";

const [NOVEMBER, DECEMBER] = [Date.UTC(2023, 10, 14), Date.UTC(2025, 11, 1)];
/** Builds in two different years, both before `now`. */
const WINDOWS = {
  now: Date.UTC(2026, 10, 29),
  left: { from: NOVEMBER, to: NOVEMBER + 864e5 },
  right: { from: DECEMBER - 864e6 * 2, to: DECEMBER },
};

async function meanings(left: string, right: string): Promise<TextMeaning[]> {
  const { pairs } = await compareTexts([memorySource(Buffer.from(left)), memorySource(Buffer.from(right))]);
  return pairs.map((pair) => classify(pair, WINDOWS));
}

describe("classify", () => {
  test.each([
    ["a folder", "/home/one/ws/src/main.rs", "/home/the-other/ws/src/main.rs", "/home/one", "/home/the-other"],
    [
      "a path directly after other text, as Rust stores its texts",
      "called on None/tmp/a/x.rsassertion",
      "called on None/tmp/bb/x.rsassertion",
      "/tmp/a",
      "/tmp/bb",
    ],
    ["a path after its length", "!9 /tmp/one/ws/a", "!r /tmp/two/and/deeper/a", "/tmp/one/ws", "/tmp/two/and/deeper"],
    ["a whole folder", "/build/one", "/build/the-other", "/build/one", "/build/the-other"],
    ["a Windows path", "at C:\\one\\src\\a.rs", "at C:\\two\\src\\a.rs", "C:\\one", "C:\\two"],
    ["a Windows path after a flag", "/PDB=C:\\one\\a.pdb", "/PDB=C:\\two\\a.pdb", "C:\\one", "C:\\two"],
    ["a Windows path with slashes", "D:/one/a.rs", "D:/two/a.rs", "D:/one", "D:/two"],
    ["a path to a file in an unusual folder", "/srv/one/app/main.c", "/srv/two/app/main.c", "/srv/one", "/srv/two"],
    ["a path before other words", "/srv/one/x.c !", "/srv/two/x.c !", "/srv/one", "/srv/two"],
    ["a path before other words, one letter more", "/srv/one/xy.c !", "/srv/two/xy.c !", "/srv/one", "/srv/two"],
    ["a path in an unusual folder with a short name", "/s1/main.c", "/s2/main.c", "/s1", "/s2"],
    [
      "cargo's registry",
      "/home/ci/.cargo/registry/src/x/lib.rs",
      "/home/u/.cargo/registry/src/x/lib.rs",
      "/home/ci",
      "/home/u",
    ],
  ])("reads %s as a path of the build machine", async (_name, left, right, one, other) => {
    expect(await meanings(left, right)).toEqual([{ kind: "build-path", left: one, right: other }]);
  });

  test.each([
    ["ISO 8601", "built 2026-11-20T11:34:51Z x", "built 2026-11-21T09:00:00Z x"],
    ["__DATE__", "on Nov 20 2026", "on Nov  9 2026"],
    ["__TIME__", "at 11:34:51.", "at 12:01:02."],
    ["the format of the `date` command", "Fri Nov 20 11:34:51 UTC 2026", "Sat Nov 21 09:00:00 UTC 2026"],
    ["seconds since 1970", "t=1700000000;", "t=1763638491;"],
    ["milliseconds since 1970", "t=1700000000123;", "t=1763638491456;"],
  ])("reads %s as a time", async (_name, left, right) => {
    expect((await meanings(left, right)).map(({ kind }) => kind)).toEqual(["timestamp"]);
  });

  test.each([
    ["a relative path", "library/core/src/num/imp.rs", "library/core/src/fmt/imp.rs"],
    ["paths that the compiler adds", "/rustc/aaaa/library/std/src/a.rs", "/rustc/bbbb/library/std/src/a.rs"],
    ["a version", "version 1.2.3", "version 1.2.4"],
    ["ten digits of a time long ago", "id 1000000001 x", "id 1000000002 x"],
    ["ten digits outside the builds' times", "id 1600000001 x", "id 1600000002 x"],
    ["a date in the future", "valid to 2031-01-01T00:00:00Z", "valid to 2032-01-01T00:00:00Z"],
    ["a date that is not near either build", "since 2019-01-01", "since 2019-02-01"],
    ["a system folder", "/etc/one/app.conf", "/etc/two/app.conf"],
    ["a user", "by root", "by someone"],
    ["an unusual folder without a file", "/srv/one", "/srv/two"],
    ["a path in an unusual folder without a file", "/srv/one/app/data", "/srv/two/app/data"],
    ["a path in an unusual folder with a dot only in a folder's name", "/srv/one/conf.d/data", "/srv/two/conf.d/data"],
    ["a folder of one letter", "/a/main.c", "/b/main.c"],
    ["a path far after the difference", "one of them is in /tmp/x/y.rs", "two of them is in /tmp/x/y.rs"],
  ])("does not read %s as a path or a time", async (_name, left, right) => {
    expect((await meanings(left, right)).map(({ kind }) => kind)).toEqual(["embedded-text"]);
  });

  test.each([
    ["24 characters on both sides", "k".repeat(24), "v".repeat(24), "k".repeat(24), "v".repeat(24)],
    ["the whole end", "k".repeat(25), "end!", `…${"k".repeat(24)}`, "end!"],
    ["the whole start", "start", "v".repeat(25), "start", `${"v".repeat(24)}…`],
  ])("shows the text around a difference: %s", async (_name, before, after, shownBefore, shownAfter) => {
    expect(await meanings(`${before}1${after}`, `${before}2${after}`)).toEqual([
      { kind: "embedded-text", left: `${shownBefore}1${shownAfter}`, right: `${shownBefore}2${shownAfter}` },
    ]);
  });

  test("does not report a hash that cargo derives from flags as a separate difference", async () => {
    const left = "src/target/release/build/a-8e20847e8c7c6658/out/g.rs";
    expect(await meanings(left, left.replace("8e20", "226d"))).toEqual([{ kind: "derived" }]);
  });
});

describe("compareTexts", () => {
  test("finds counterparts in any order, and counts texts without one", async () => {
    const left = memorySource(Buffer.from("/home/x/one\0/home/x/one/a.c\0shared text\0"));
    const right = memorySource(Buffer.from("shared text\0/home/x/other/a.c\0/home/x/other\0"));
    const { pairs, unpaired } = await compareTexts([left, right]);
    expect(pairs.map((pair) => [pair.left.text, pair.right.text])).toEqual([
      ["/home/x/one", "/home/x/other"],
      ["/home/x/one/a.c", "/home/x/other/a.c"],
    ]);
    expect(unpaired).toEqual([]);
    const none = await compareTexts([left, memorySource(Buffer.from("nothing alike here"))]);
    expect(none.pairs).toEqual([]);
    expect(none.unpaired).toHaveLength(4);
  });

  test("joins a text that spans two chunks", async () => {
    const source = {
      size: 22,
      read: async function* () {
        yield Buffer.from("\0/home/one/");
        yield Buffer.from("src/main.rs");
      },
    };
    const { pairs } = await compareTexts([source, memorySource(Buffer.from("/home/two/src/main.rs"))]);
    expect(pairs[0]?.left).toMatchObject({ text: "/home/one/src/main.rs", offset: 1 });
  });
});
