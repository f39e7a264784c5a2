import { describe, expect, test } from "@jest/globals";
import { explainTextPair } from "./explain-text-pair.ts";
import { WINDOWS } from "./testing/explain.ts";

const explained = (left: string, right: string) => explainTextPair(left, right, "line 1", WINDOWS);

describe("explainTextPair", () => {
  test("shows short texts whole, without surrounding white space", () => {
    expect(explained("  alpha beta ", "\talpha gamma")).toMatchObject({
      ...{ kind: "embedded-text", place: "line 1", left: "alpha beta", right: "alpha gamma" },
    });
  });

  test("shows a hash without surrounding white space, and path-mapping flags as flags", () => {
    const hash = (digits: string): string => `  build/a-${digits}847e8c7c6658/out `;
    expect(explained(hash("8e20"), hash("226d"))).toMatchObject({
      ...{ kind: "embedded-text", left: hash("8e20").trim(), right: hash("226d").trim() },
    });
    const flags = (folder: string): string => `cc -ffile-prefix-map=/home/${folder}/src=. -O2`;
    expect(explained(flags("one"), flags("two"))).toMatchObject({ kind: "build-flags" });
  });

  test("shows a line that is empty on one side as empty", () => {
    expect(explained("alpha", "")).toMatchObject({ left: "alpha", right: "an empty line" });
  });

  test("shows only the part of a long text around its difference", () => {
    const long = (word: string): string => `${"x ".repeat(100)}${word}${" y".repeat(100)}`;
    const { left, right } = explained(long("alpha"), long("gamma"));
    expect([left.length < 120, right.includes("gamma")]).toEqual([true, true]);
  });
});
