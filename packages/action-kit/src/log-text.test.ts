import { describe, expect, test } from "@jest/globals";
import { inertText, LineWriter } from "./log-text.ts";

describe("inertText", () => {
  test.each([
    ["::set-output name=x::y"],
    ["  ::add-mask::y"],
    ["a\n::error::b"],
    ["a\r::error::b"],
    ["before ##[command]x"],
  ])("disarms the workflow command in %j (F136)", (text) => {
    const lines = inertText(text).split("\n");
    expect(lines.filter((line) => line.trimStart().startsWith("::") || line.includes("##["))).toEqual([]);
  });

  test("leaves other text as it is", () => {
    expect(inertText("std::vec::Vec and # [x]\n")).toBe("std::vec::Vec and # [x]\n");
  });
});

describe("LineWriter", () => {
  test("judges whole lines, however they come in", () => {
    const written: string[] = [];
    const writer = new LineWriter((text) => written.push(text));
    for (const piece of ["one\n:", ":error::x", "\ntwo"]) writer.push(piece);
    writer.flush();
    expect(written.join("")).toBe("one\n:\u200b:error::x\ntwo\n");
  });
});
