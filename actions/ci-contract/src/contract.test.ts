import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "yaml";
import { readContract } from "./contract.ts";

const schema: unknown = JSON.parse(readFileSync(path.join(import.meta.dirname, "../contract.schema.json"), "utf8"));
const isValid = new Ajv2020().compile(Object(schema));

const GOOD = [
  ["the least", "jobs: { a: }"],
  ["one command", "jobs: { a: { run: make test } }"],
  ["some commands", "jobs: { a: { run: [make, make test] } }"],
  [
    "everything",
    "{ gate: g, jobs: { a: { workflow: ci.yml, run: x, uses: o/r, matrix: { os: [a] }, on: [push], gate: false } } }",
  ],
  ["a job of one workflow", "jobs: { ci.yml/a: { run: x } }"],
  ["another gate", "jobs: { a: { gate: other-gate } }"],
] as const;

const BAD = [
  ["no jobs", "gate: g", "`jobs` must name at least one job"],
  ["an empty list of jobs", "jobs: {}", "`jobs` must name at least one job"],
  ["jobs as a list", "jobs: [a]", "`jobs` must name at least one job"],
  ["an unknown key", "{ job: {}, jobs: { a: } }", "`job` is unknown, expected gate, jobs"],
  ["an unknown key of a job", "jobs: { a: { runs: x } }", "`runs` is unknown, expected workflow, run"],
  ["a job that is text", "jobs: { a: cargo test }", "job `a` must be a mapping"],
  ["a job id with a space", "jobs: { a b: }", "no job can have this id"],
  ["a workflow without a file extension", "jobs: { ci/a: }", "no job can have this id"],
  ["a command that is a number", "jobs: { a: { run: 1 } }", "`run` must be a text"],
  ["no command in a list", "jobs: { a: { run: [] } }", "`run` must not be empty"],
  ["an empty command", "jobs: { a: { run: [''] } }", "`run` must be a text"],
  ["a matrix axis that is not a list", "jobs: { a: { matrix: { os: linux } } }", "`matrix.os` must be a list"],
  ["a matrix that is a list", "jobs: { a: { matrix: [linux] } }", "`matrix` must list values"],
  ["a gate with the value true", "jobs: { a: { gate: true } }", "`gate` must be a text"],
] as const;

describe("a contract", () => {
  test.each(GOOD)("with %s is read, and the schema agrees", (_case, text) => {
    expect(readContract(text, "c.yml")).toHaveLength(1);
    expect(isValid(parse(text))).toBe(true);
  });

  test.each(BAD)("with %s is refused, and the schema agrees", (_case, text, message) => {
    expect(() => readContract(text, "c.yml")).toThrow(message);
    expect(isValid(parse(text))).toBe(false);
  });

  test("with several mistakes names all of them, with their lines", () => {
    expect(() => readContract("gat: x\njobs:\n  a:\n    runs: y\n", "c.yml")).toThrow(/c\.yml:1:[\s\S]*c\.yml:4:/);
  });

  test.each([
    ["a key that is there twice", "jobs:\n  a: {}\n  a: {}\n", "c.yml:3"],
    ["a conflict marker", "<<<<<<< HEAD\njobs: { a: }\n=======\n", "c.yml"],
    ["nothing", "", "`jobs` must name at least one job"],
  ])("with %s is refused", (_case, text, message) => {
    expect(() => readContract(text, "c.yml")).toThrow(message);
  });
});
