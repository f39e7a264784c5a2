import { describe, expect, test } from "@jest/globals";
import { inertText, LineWriter } from "./log-text.ts";

/** The code points that `char.IsWhiteSpace` accepts (learn.microsoft.com, "Char.IsWhiteSpace") and .NET's `TrimStart` strips. */
const NET_WHITE_SPACE = [
  ...[0x09, 0x0b, 0x0c, 0x20, 0x85, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000],
  ...Array.from({ length: 0x200b - 0x2000 }, (_, index) => 0x2000 + index),
];
/** Code points that .NET's `StartsWith(string)` ignores, since it compares by language rules. */
const WEIGHTLESS = [0x00, 0x07, 0x1b, 0x7f, 0x9f, 0xad, 0x034f, 0x061c, 0x180e, 0x200b, 0x200d, 0x2060, 0xfe0f, 0xfeff];
const named = (codes: readonly number[]): [string, string][] =>
  codes.map((code) => [`U+${code.toString(16).padStart(4, "0")}`, String.fromCodePoint(code)]);

/** The line as the runner compares it: without the ignored code points. */
function weighed(line: string): string {
  return [...line].filter((char) => !WEIGHTLESS.includes(char.codePointAt(0) ?? 0)).join("");
}

describe("inertText", () => {
  test.each([
    ["::set-output name=x::y"],
    ["  ::add-mask::y"],
    [":::error::b"],
    ["a\n::error::b"],
    ["a\r::error::b"],
    ["before ##[command]x"],
    ["###[command]x"],
  ])("disarms the workflow command in %j", (text) => {
    const lines = inertText(text).split("\n");
    expect(lines.filter((line) => line.trimStart().startsWith("::") || line.includes("##["))).toEqual([]);
  });

  test.each(named([...NET_WHITE_SPACE, ...WEIGHTLESS]))("disarms a command after %s", (_name, char) => {
    for (const text of [`${char}::error::x`, ` ${char}${char}::error::x`]) {
      expect(inertText(text)).toBe(text.replace("::", ": :"));
    }
  });

  test.each(named(WEIGHTLESS))("disarms a command with %s in its middle", (_name, char) => {
    expect(weighed(inertText(`${char}:${char}:error::x`))).toBe(": :error::x");
    for (const text of [`a ##${char}[error]x`, `a #${char}#[error]x`]) {
      expect(weighed(inertText(text))).toBe("a ## [error]x");
    }
  });

  test("does not change other text", () => {
    for (const text of ["std::vec::Vec and # [x]\n", "## a\n:tada: ::", "# #[x]"]) {
      expect(inertText(text)).toBe(text);
    }
  });
});

describe("LineWriter", () => {
  test("checks whole lines, in whatever pieces they arrive", () => {
    const written: string[] = [];
    const writer = new LineWriter((text) => written.push(text));
    for (const piece of ["one\n:", ":error::x", "\ntwo"]) writer.push(piece);
    writer.flush();
    expect(written.join("")).toBe("one\n: :error::x\ntwo\n");
  });
});
