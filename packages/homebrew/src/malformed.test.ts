import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { FormulaError } from "./formula.ts";
import { makeFormula } from "./formula-fixture.ts";
import { parseFormula } from "./parse.ts";

const LINES = makeFormula().split("\n");

test("reads or refuses a formula with lost, doubled or foreign lines, and never reads a computed value as plain", () => {
  const foreign = fc.constantFrom(
    "end",
    "else",
    "if OS.mac?",
    "def x",
    "<<~EOS",
    '  url "#{x}"',
    "  sha256 y",
    "url 'https://a'",
    "__END__",
  );
  const edit = fc.tuple(fc.nat({ max: LINES.length - 1 }), fc.constantFrom("drop", "double", "insert"), foreign);
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
      const lines = [...LINES];
      for (const [at, kind, line] of edits) {
        if (kind === "drop") lines.splice(at, 1);
        else lines.splice(at, 0, kind === "double" ? (lines[at] ?? "") : line);
      }
      try {
        const formula = parseFormula(lines.join("\n"), "widget.rb");
        for (const { url, sha256 } of formula.downloads) {
          for (const { value, line } of [url, ...sha256]) {
            expect(value).not.toContain("#{");
            expect(lines[line - 1]).toContain(value);
          }
        }
      } catch (error) {
        if (!(error instanceof FormulaError)) throw error;
      }
    }),
    { numRuns: 500 },
  );
});

test("refuses any other text with a FormulaError, in linear time", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
      expect(() => parseFormula(text, "widget.rb")).toThrow(FormulaError);
    }),
  );
  const started = performance.now();
  expect(() => parseFormula(`desc "${"\\\\".repeat(200_000)}\n`, "widget.rb")).toThrow(FormulaError);
  expect(performance.now() - started).toBeLessThan(2000);
});
