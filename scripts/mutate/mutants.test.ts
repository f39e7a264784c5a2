import { describe, expect, test } from "@jest/globals";
import { applyMutant, findMutants, isProgram, sampleMutants } from "./mutants.ts";

const mutated = (source: string) => findMutants("a.ts", source).map((mutant) => applyMutant(source, mutant));

describe("findMutants", () => {
  test.each<[source: string, mutants: readonly string[]]>([
    ["a === b", ["a !== b"]],
    ["a < b", ["a <= b", "a >= b"]],
    ["a && b", ["a || b"]],
    ["a ?? b", ["a && b"]],
    ["a + b", ["a - b"]],
    ["a << b", ["a >> b"]],
    ["a += b", ["a -= b"]],
    ["!a", ["a"]],
    ["-a", ["a"]],
    ["f(a ? b : c)", ["f(true ? b : c)", "f(false ? b : c)"]],
    ["if (a) b = c", ["if (true) b = c", "if (false) b = c", "if (a) ;"]],
    ["x = a.every(b)", ["x = a.some(b)"]],
    ["x = a.trim()", ["x = a"]],
    ["x = Math.max(a, b)", ["x = Math.min(a, b)"]],
    ["x = 0x10", ["x = (16 + 1)"]],
    ["x = 'a'", ['x = ""']],
    ['x = ""', ['x = "mutant"']],
    ["x = true", ["x = false"]],
    ["x = [a, b]", ["x = []"]],
    ["x = /^a\\d+$/", ["x = /a\\d+$/", "x = /^a\\d+/", "x = /^a\\D+$/", "x = /^a\\d$/"]],
    ["x = /[^a]+/", ["x = /[a]+/", "x = /[^a]/"]],
  ])("changes %s", (source, mutants) => {
    // The statement itself is removed, too, unless it contains other statements.
    expect(new Set(mutated(source))).toEqual(new Set(source.startsWith("if") ? mutants : [...mutants, ";"]));
  });

  test.each([
    'import a from "a";',
    'export { a } from "a";',
    'type A = "a" | "b";',
    "interface A { a: 1 }",
    'const a = b as "c";',
    "let a: 1;",
    'const a = b["c"];',
    "throw new ChannelError(`a ${b}`, { advice: 'c' });",
    "const a = b.toString();",
    "await a();",
  ])("leaves %s alone", (source) => expect(mutated(source)).toEqual([]));

  test("never turns a regular expression into a comment", () => {
    expect(mutated("x = /^/")).toEqual([";"]);
  });
});

test.each<[source: string, reached: readonly string[]]>([
  ["f(a || b)", ["f(a || b)", "a || b)"]],
  ["f(a.b.trim())", ["f(a.b.trim())", "a.b.trim())"]],
  ["a && (b ? c : 1)", ["a && (b ? c : 1)", "b ? c : 1)", "1)"]],
])("%s: a change counts as reached once the whole expression has run", (source, reached) => {
  const rests = findMutants("a.ts", source).map(({ reachedAt }) => source.slice(reachedAt));
  expect(new Set(rests)).toEqual(new Set(reached));
});

test("a change whose result does not parse is not drawn", () => {
  const source = "a = b ?? (c || d)";
  const invalid = { start: 6, end: 8, replacement: "?? e ||" };
  expect(isProgram(source, { ...invalid, file: "a.ts", reachedAt: 0 })).toBe(false);
  expect(findMutants("a.ts", source).every((mutant) => isProgram(source, mutant))).toBe(true);
});

describe("sampleMutants", () => {
  const all = Array.from({ length: 100 }, (_, start) => ({
    file: "a.ts",
    start,
    end: start + 1,
    replacement: "",
    reachedAt: 0,
  }));

  test("draws the same mutants for the same seed and others for another seed, each once and in order", () => {
    const places = (seed: number) => sampleMutants(all, 20, seed).map(({ start }) => start);
    expect(places(1)).toEqual(places(1));
    expect(places(1)).not.toEqual(places(2));
    expect(new Set(places(1)).size).toBe(20);
    expect(places(1)).toEqual(places(1).toSorted((a, b) => a - b));
  });

  test("takes all mutants when there are fewer", () => expect(sampleMutants(all, 150, 1)).toEqual(all));
});
