import { writeFileSync } from "node:fs";
import path from "node:path";
import { type CommandResult, runCommand } from "@release-actions/command";
import { FileTree } from "@release-actions/example-product";

const DSL = path.join(import.meta.dirname, "homebrew-dsl.rb");

export interface FormulaFacts {
  readonly version: string;
  readonly url: string;
  readonly sha256: string;
  readonly mirrors: readonly string[];
  readonly keg_only?: string;
}

async function withFile<T>(file: string, text: string, use: (path: string) => Promise<T>): Promise<T> {
  using folder = new FileTree();
  writeFileSync(folder.path(file), text);
  return await use(folder.path(file));
}

/** Checks the syntax of a formula with real Ruby. */
export function checkSyntax(file: string, text: string): Promise<CommandResult> {
  return withFile(file, text, (at) => runCommand("ruby", ["-c", at], { check: false }));
}

/** Evaluates a formula with real Ruby as Homebrew would on a platform. Throws what Ruby raises. */
export async function evaluateFormula(file: string, text: string, os: string, cpu: string): Promise<FormulaFacts> {
  const { stdout } = await withFile(file, text, (at) => runCommand("ruby", [DSL, at, os, cpu]));
  // The stand-in of Homebrew's DSL prints this type.
  return JSON.parse(stdout) as FormulaFacts;
}
