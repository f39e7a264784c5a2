import { describe, expect, test } from "@jest/globals";
import { escapeMarkdown, Summary } from "./summary.ts";

describe("Summary", () => {
  test("writes a table whose cells cannot leave it", () => {
    const text = new Summary().table(["file", "size"], [["a|b\n<img src=x>", 3]]).toString();
    expect(text).toBe("| file | size |\n| --- | --- |\n| a\\|b<br>&lt;img src=x&gt; | 3 |\n\n");
  });

  test("fences code with more backticks than the code has", () => {
    expect(new Summary().code("a\n```\nb", "diff").toString()).toBe("````diff\na\n```\nb\n````\n\n");
  });

  test("is cut at a line, with a note, when it would be over 1 MiB (F93)", () => {
    const summary = new Summary();
    for (let row = 0; row < 40_000; row += 1) summary.raw(`row ${row} äöü ${"x".repeat(30)}`);
    const text = summary.toString();
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1024 * 1024);
    expect(text.slice(-120)).toMatch(/x\n+_This summary was cut at 1 MiB/);
  });

  test("knows when there is nothing to write", () => {
    expect(new Summary().isEmpty).toBe(true);
    expect(new Summary().heading("x").isEmpty).toBe(false);
  });
});

test("escapeMarkdown keeps names from being read as markup", () => {
  expect(escapeMarkdown("[x](y) *z* <b>")).toBe("\\[x\\](y) \\*z\\* &lt;b&gt;");
});
