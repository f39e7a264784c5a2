import { describe, expect, test } from "@jest/globals";
import { CAUSE_KINDS, CAUSE_TITLES, type CauseKind, cause, mergeCauses } from "./cause.ts";

/** The title of each kind, and a part of its remedy. */
const WORDS: Readonly<Record<Exclude<CauseKind, "build-path">, readonly [title: string, remedy: string]>> = {
  target: ["built for another target", "the same target"],
  toolchain: ["another compiler or linker", "rust-toolchain.toml"],
  timestamp: ["a date or time", "SOURCE_DATE_EPOCH"],
  "build-flags": ["flags of the compiler that the file stores", "response file"],
  "embedded-text": ["a text that differs", "Find what writes it"],
  "line-endings": ["other line endings", "eol=lf"],
  "text-order": ["the same content in another order", "Sort before writing"],
  stripped: ["symbols or debug information in only one file", "`strip` and `debug`"],
  "linker-options": ["other linker options", "the same link arguments"],
  "member-set": ["members in only one archive", "the same list of files"],
  "member-order": ["the order of members", "--sort=name"],
  "member-owner": ["the owner of members", "--owner=0"],
  "member-mode": ["the mode of members", "umask"],
  "member-metadata": ["other metadata of members", "--no-xattrs"],
  "archive-format": ["another archive format", "--format=ustar"],
  compression: ["another compression", "gzip -n"],
  slices: ["other architectures in a fat file", "Combine the same architectures"],
  "codegen-order": ["the order of functions", "codegen-units = 1"],
  "build-id": ["only the build id", "--build-id=sha1"],
  "module-id": ["another id of a .NET module", "-deterministic"],
  signature: ["only the signature", "before signing"],
  code: ["other code", "compiled differently"],
  content: ["other content", "none of the known causes"],
};

describe("cause", () => {
  test.each(Object.entries(WORDS))("%s has a title and a remedy", (kind, [title, remedy]) => {
    // Object.entries loses the type of the keys.
    const known = kind as keyof typeof WORDS;
    expect(CAUSE_TITLES[known]).toBe(title);
    expect(cause(known, "here", "a", "b")).toMatchObject({
      ...{ kind, place: "here", left: "a", right: "b", count: 1, remedy: expect.stringContaining(remedy) },
    });
  });

  test("reports have a position for every kind", () => {
    expect(CAUSE_TITLES["build-path"]).toBe("a path of the build machine");
    expect(CAUSE_KINDS.toSorted()).toEqual([...Object.keys(WORDS), "build-path"].toSorted());
  });

  test("shortens long sides in the middle", () => {
    const long = `${"a".repeat(80)}x${"b".repeat(80)}`;
    const cut = `${"a".repeat(80)}…${"b".repeat(80)}`;
    expect(cause("content", "", long, "a".repeat(160))).toMatchObject({ left: cut, right: "a".repeat(160) });
    expect(cause("build-path", "", long, "/b")).toMatchObject({ left: cut, right: "/b" });
  });
});

describe("the cause for a path", () => {
  test.each([
    ["/home/a", "/home/b", "`--remap-path-prefix=/home/a=src` or `--remap-path-prefix=/home/b=src`"],
    ["/home/a", "/home/a", "Add `--remap-path-prefix=/home/a=src` to rustflags"],
    [
      "/h/.cargo/registry",
      "/h/.cargo/registry/src/x",
      "/h/.cargo/registry=crate` or `--remap-path-prefix=/h/.cargo/registry/src/x=crate`",
    ],
    ["/h/.cargo/registry-mirror", "/b", "/h/.cargo/registry-mirror=src`"],
    [
      "/h/.cargo/git/checkouts",
      "/h/git/checkouts/x",
      "/h/.cargo/git/checkouts=crate-git` or `--remap-path-prefix=/h/git/checkouts/x=crate-git`",
    ],
    ["/h/.rustup", "/opt/toolchains/x", "/h/.rustup=rustup` or `--remap-path-prefix=/opt/toolchains/x=rustup`"],
  ])("suggests mapping %s and %s to a fixed name", (left, right, remedy) => {
    const found = cause("build-path", "here", left, right);
    expect(found).toMatchObject({ kind: "build-path", place: "here", count: 1 });
    expect(found.remedy).toContain(remedy);
    expect(found.remedy).toMatch(/-ffile-prefix-map.*-trimpath/);
  });
});

describe("mergeCauses", () => {
  test("counts causes of one kind and group, and keeps the first place", () => {
    const [a, b] = [cause("timestamp", "first", "1", "2"), cause("timestamp", "second", "1", "2")];
    expect(mergeCauses([a, b, cause("timestamp", "third", "1", "3")])).toEqual([
      { ...a, count: 2 },
      { ...cause("timestamp", "third", "1", "3") },
    ]);
  });

  test("keeps causes with different remedies apart, unless they have the same group", () => {
    const found = [cause("timestamp", "a", "1", "2"), cause("timestamp", "b", "1", "2", { remedy: "Wait." })];
    expect(mergeCauses(found)).toEqual(found);
    const grouped = ["1", "2"].map((side) => cause("timestamp", "a", side, side, { group: "all" }));
    expect(mergeCauses(grouped)).toMatchObject([{ left: "1", count: 2 }]);
    // The two pairs of sides only look the same when joined.
    expect(mergeCauses([cause("content", "", "ab", "c"), cause("content", "", "a", "bc")])).toHaveLength(2);
  });

  test("merges paths with one remedy, whatever the folders are", () => {
    const moved = (left: string) => cause("build-path", "here", left, "/c", { remedy: "Move it." });
    expect(mergeCauses([moved("/a"), moved("/b")])).toEqual([{ ...moved("/a"), count: 2 }]);
  });

  test("sorts by kind, then by frequency", () => {
    const rare = cause("timestamp", "", "1", "1");
    const often = { ...cause("timestamp", "", "2", "2"), count: 5 };
    const kinds = mergeCauses([cause("content", "", "", ""), rare, often, cause("target", "", "", "")]);
    expect(kinds.map(({ kind, count }) => [kind, count])).toEqual([
      ["target", 1],
      ["timestamp", 5],
      ["timestamp", 1],
      ["content", 1],
    ]);
  });

  test("keeps 20 causes of one kind, and counts the others with the last", () => {
    const many = Array.from({ length: 25 }, (_none, index) => cause("embedded-text", "", String(index), "x"));
    const merged = mergeCauses([...many, cause("embedded-text", "", "3", "x"), cause("content", "", "", "")]);
    expect(merged).toHaveLength(21);
    expect(merged.map(({ left, count }) => [left, count]).filter(([, count]) => count !== 1)).toEqual([
      ["19", 6],
      ["3", 2],
    ]);
    expect(mergeCauses(many.slice(0, 20)).every(({ count }) => count === 1)).toBe(true);
  });
});
