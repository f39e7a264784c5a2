import { describe, expect, test } from "@jest/globals";
import { wildcard } from "./wildcard.ts";

describe("wildcard", () => {
  test.each([
    ["a*", "abc"],
    ["*c", "abc"],
    ["a*c*e", "abcde"],
    ["*", ""],
    ["*", "two\nlines/and a slash"],
    ["a.b+c?(d)[e]{f}|^$\\", "a.b+c?(d)[e]{f}|^$\\"],
  ])("%j matches %j", (pattern, text) => expect(wildcard(pattern).test(text)).toBe(true));

  test.each([
    ["a*", "ba"],
    ["*a", "ab"],
    ["a.b", "axb"],
    ["a?", "ab"],
    ["a", "A"],
    ["", "a"],
  ])("%j does not match %j", (pattern, text) => expect(wildcard(pattern).test(text)).toBe(false));

  test("does not match a slash with a star in file mode", () => {
    expect(wildcard("doc/*", { star: "file" }).test("doc/a.md")).toBe(true);
    expect(wildcard("doc/*", { star: "file" }).test("doc/a/b.md")).toBe(false);
  });

  test("matches one character with a question mark, and any case, when requested", () => {
    const matcher = wildcard("a?.ZIP", { question: true, ignoreCase: true });
    expect(["A1.zip", "a.zip", "a12.zip"].map((name) => matcher.test(name))).toEqual([true, false, false]);
  });
});
