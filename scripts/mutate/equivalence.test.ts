import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import { type Equivalent, matchEquivalents, readEquivalents } from "./equivalence.ts";
import { applyMutant, findMutants } from "./mutants.ts";

const PROJECT = path.resolve(import.meta.dirname, "../..");

function match(sources: Readonly<Record<string, string>>, equivalents: readonly Equivalent[]) {
  const mutants = Object.entries(sources).flatMap(([file, source]) => findMutants(path.join(PROJECT, file), source));
  const { equivalent, stale } = matchEquivalents(PROJECT, new Map(Object.entries(sources)), mutants, equivalents);
  const texts = [...equivalent].map((mutant) =>
    applyMutant(sources[path.relative(PROJECT, mutant.file)] ?? "", mutant),
  );
  return { texts, stale };
}

describe("matchEquivalents", () => {
  const source = "const a = b + 1;\n  const c = d + 1;\n";
  const entry = { file: "a.ts", line: "const c = d + 1;", becomes: "const c = d - 1;", reason: "Nobody reads it." };

  test("leaves out the change of an entry in its file, but keeps other changes of that line", () => {
    expect(match({ "a.ts": source, "b.ts": source }, [entry])).toEqual({
      texts: ["const a = b + 1;\n  const c = d - 1;\n"],
      stale: [],
    });
  });

  test("matches the first line of a change of several lines", () => {
    const long = "x = y;\nf(\n  a,\n);\n";
    expect(match({ "a.ts": long }, [{ ...entry, line: "f(", becomes: ";" }])).toEqual({
      texts: ["x = y;\n;\n"],
      stale: [],
    });
  });

  test.each<[name: string, sources: Readonly<Record<string, string>>, found: number]>([
    ["whose line was changed", { "a.ts": "const c = d + 2;\n" }, 0],
    ["whose change the mutation runner does not make", { "a.ts": "const c = d;\n" }, 0],
    ["whose file is gone", { "b.ts": source }, 0],
    ["whose line occurs twice", { "a.ts": `${source}{\n${source}}\n` }, 2],
  ])("reports an entry %s", (_name, sources, found) => {
    expect(match(sources, [entry]).stale).toEqual([
      `scripts/mutate/equivalents.diff: \`const c = d - 1;\` comes from ${found} lines of a.ts, expected 1: correct or remove the entry`,
    ]);
  });
});

test("each entry of the list matches a line of its file, and gives its reason in a sentence", () => {
  const equivalents = readEquivalents(readFileSync(path.join(import.meta.dirname, "equivalents.diff"), "utf8"));
  const sources = Object.fromEntries(
    equivalents.map(({ file }) => [file, readFileSync(path.join(PROJECT, file), "utf8")]),
  );
  expect(match(sources, equivalents).stale).toEqual([]);
  for (const { reason } of equivalents) expect(reason).toMatch(/^.{10,}[.]$/);
});

test("a line of the list that begins with no sign is refused", () => {
  expect(() => readEquivalents("The list.\n\n--- a.ts\nconst a = 1;\n")).toThrow("before const a = 1;");
});
