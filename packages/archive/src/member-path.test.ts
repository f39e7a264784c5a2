import { describe, expect, test } from "@jest/globals";
import { canonicalPath, decodeName, PathSet, quote, resolveLink } from "./member-path.ts";

describe("canonicalPath", () => {
  test.each([
    ["a", "a"],
    ["./a/b", "a/b"],
    ["a/b/", "a/b"],
    [".", ""],
    ["./", ""],
    ["a.b/..c", "a.b/..c"],
    ["ä b", "ä b"],
  ])("spells %j as %j", (name, path) => {
    expect(canonicalPath(name, 0)).toBe(path);
  });

  test("accepts a colon that does not follow a drive letter", () => {
    expect(canonicalPath("xy:z", 0)).toBe("xy:z");
    expect(canonicalPath("1:z", 0)).toBe("1:z");
  });

  test.each([
    ["", "has an empty name"],
    ["/a", "has an absolute path"],
    ["C:a", "has an absolute path"],
    ["a\\b", "has a backslash in its name"],
    ["a\u0085b", "has a control character in its name"],
    ["a/../b", "would leave the archive"],
    ["a//b", "has an empty or `.` part in its path"],
    ["a/./b", "has an empty or `.` part in its path"],
    ["././a", "has an empty or `.` part in its path"],
    ["a//", "has an empty or `.` part in its path"],
  ])("refuses %j: it %s", (name, why) => {
    const refusing = expect(() => canonicalPath(name, 7));
    refusing.toThrow(`${JSON.stringify(name)} ${why} (at byte 7)`);
    refusing.toThrow(expect.objectContaining({ problem: "unsafe-name", offset: 7 }));
  });

  test("accepts a name of at most 4096 bytes of UTF-8", () => {
    expect(canonicalPath("ä".repeat(2048), 0)).toHaveLength(2048);
    expect(() => canonicalPath(`${"ä".repeat(2048)}a`, 0)).toThrow("has a name of more than 4096 bytes");
  });
});

describe("resolveLink", () => {
  test.each([
    ["link", "a", "a"],
    ["folder/link", "a", "folder/a"],
    ["folder/link", "../a", "a"],
    ["folder/deep/link", "./.././../a", "a"],
    ["folder/link", "x//y/", "folder/x/y"],
    ["folder/link", ".", "folder"],
  ])("resolves a link at %s to %s as %s", (path, target, resolved) => {
    expect(resolveLink(path, target, 0)).toBe(resolved);
  });

  test.each([
    ["link", ""],
    ["folder/link", ""],
    ["link", "."],
    ["link", "/a"],
    ["link", "../a"],
    ["folder/link", "../../folder/a"],
    ["folder/link", ".."],
    ["link", "a\\b"],
    ["link", "a\nb"],
  ])("refuses a link at %s to %j", (path, target) => {
    const message = `the link ${JSON.stringify(path)} points outside, to ${JSON.stringify(target)} (at byte 7)`;
    expect(() => resolveLink(path, target, 7)).toThrow(expect.objectContaining({ problem: "unsafe-name", message }));
  });
});

describe("PathSet", () => {
  const add = (...paths: readonly (readonly [string, "folder" | "leaf"])[]): void => {
    const set = new PathSet();
    for (const [index, [path, kind]] of paths.entries()) set.add(path, kind, index);
  };

  test("accepts a folder several times, before and after its contents", () => {
    expect(() =>
      add(["a", "folder"], ["a/b", "leaf"], ["a/c/d", "leaf"], ["a/c", "folder"], ["a", "folder"]),
    ).not.toThrow();
  });

  test.each<[first: [string, "folder" | "leaf"], second: [string, "folder" | "leaf"], as: string]>([
    [["a", "leaf"], ["a", "leaf"], '"a" would become two members'],
    [["a", "leaf"], ["A", "leaf"], '"a" and "A" would become one file'],
    [["straße", "leaf"], ["STRASSE", "leaf"], "one file"],
    [["é", "leaf"], ["e\u0301", "leaf"], "one file"],
    [["a", "leaf"], ["a", "folder"], '"a" would become a file or link and as a folder'],
    [["a", "leaf"], ["A/b", "leaf"], '"a" and "A" would become a file or link and as a folder'],
    [["a", "folder"], ["a", "leaf"], '"a" would become a folder and as a file or link'],
    [["x/a/b", "leaf"], ["x/a", "leaf"], '"x/a" would become a folder and as a file or link'],
    [["a/b", "leaf"], ["A/c", "leaf"], '"a" and "A" would become one folder on some systems'],
  ])("refuses %j beside %j", (first, second, as) => {
    const refusing = expect(() => add(first, second));
    refusing.toThrow(expect.objectContaining({ problem: "unsafe-name", offset: 1 }));
    refusing.toThrow(as);
  });
});

describe("decodeName", () => {
  test("keeps a byte order mark, which is a part of the name", () => {
    expect(decodeName(Buffer.from("\uFEFFa"), 0)).toBe("\uFEFFa");
  });

  test("refuses a name that is not UTF-8, with its offset", () => {
    const message = "a member's name is not UTF-8 (at byte 9)";
    expect(() => decodeName(Buffer.of(0xff), 9)).toThrow(expect.objectContaining({ problem: "unsafe-name", message }));
  });
});

test("quotes a name on one line, with at most 200 characters", () => {
  expect(quote("a\nb")).toBe('"a\\nb"');
  expect(quote("n".repeat(200))).toBe(`"${"n".repeat(200)}"`);
  expect(quote("n".repeat(201))).toBe(`"${"n".repeat(200)}…"`);
});
