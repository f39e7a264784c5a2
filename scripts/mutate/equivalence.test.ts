import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import { type Equivalent, matchEquivalents } from "./equivalence.ts";
import { EQUIVALENTS } from "./equivalents.ts";
import { applyMutant, findMutants } from "./mutants.ts";

const PROJECT = path.resolve(import.meta.dirname, "../..");

function match(
  sources: Readonly<Record<string, string>>,
  equivalents: Readonly<Record<string, readonly Equivalent[]>>,
) {
  const mutants = Object.entries(sources).flatMap(([file, source]) => findMutants(path.join(PROJECT, file), source));
  const { equivalent, stale } = matchEquivalents(PROJECT, new Map(Object.entries(sources)), mutants, equivalents);
  const texts = [...equivalent].map((mutant) =>
    applyMutant(sources[path.relative(PROJECT, mutant.file)] ?? "", mutant),
  );
  return { texts, stale };
}

describe("matchEquivalents", () => {
  const source = "const a = b + 1;\n  const c = d + 1;\n";
  const entry = { line: "const c = d + 1;", becomes: "const c = d - 1;", reason: "Nobody reads it." };

  test("leaves out the change of an entry in its file, but keeps other changes of that line", () => {
    expect(match({ "a.ts": source, "b.ts": source }, { "a.ts": [entry] })).toEqual({
      texts: ["const a = b + 1;\n  const c = d - 1;\n"],
      stale: [],
    });
  });

  test("matches the first line of a change of several lines", () => {
    const long = "x = y;\nf(\n  a,\n);\n";
    expect(match({ "a.ts": long }, { "a.ts": [{ ...entry, line: "f(", becomes: ";" }] })).toEqual({
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
    expect(match(sources, { "a.ts": [entry] }).stale).toEqual([
      `scripts/mutate/equivalents.ts: \`const c = d - 1;\` comes from ${found} lines of a.ts, expected 1: correct or remove the entry`,
    ]);
  });

  test("accepts a line that occurs twice when the entry says so", () => {
    const { texts, stale } = match({ "a.ts": `${source}{\n${source}}\n` }, { "a.ts": [{ ...entry, times: 2 }] });
    expect(texts).toHaveLength(2);
    expect(stale).toEqual([]);
  });
});

test("each entry of the list matches a line of its file, and gives its reason in a sentence", () => {
  const sources = Object.fromEntries(
    Object.keys(EQUIVALENTS).map((file) => [file, readFileSync(path.join(PROJECT, file), "utf8")]),
  );
  expect(match(sources, EQUIVALENTS).stale).toEqual([]);
  for (const { reason } of Object.values(EQUIVALENTS).flat()) expect(reason).toMatch(/^.{10,}[.]$/);
});
