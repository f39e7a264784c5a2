// Finds the mutants that the list of equivalents leaves out, and the entries of the list that match nothing.
import path from "node:path";
import { lineAt } from "../words/prose.ts";
import { applyMutant, type Mutant } from "./mutants.ts";

/** A mutant that no test can notice. Its lines are written without leading and trailing space. */
export interface Equivalent {
  /** Relative to the project. */
  readonly file: string;
  /** The line in which the change begins. */
  readonly line: string;
  /** The same line with the change. */
  readonly becomes: string;
  /** Why the changed program behaves the same, in one sentence. */
  readonly reason: string;
}

export interface Matched {
  readonly equivalent: ReadonlySet<Mutant>;
  /** A message for each entry whose line or change no longer exists. */
  readonly stale: readonly string[];
}

/** Reads a list such as equivalents.diff, whose first lines explain its format. */
export function readEquivalents(list: string): readonly Equivalent[] {
  const equivalents: Equivalent[] = [];
  let [file, line, reason] = ["", "", ""];
  for (const text of list.slice(list.indexOf("\n--- ")).split("\n")) {
    if (text.startsWith("--- ")) file = text.slice(4);
    else if (text.startsWith("# ")) reason = text.slice(2);
    else if (text.startsWith("-")) line = text.slice(1);
    else if (text.startsWith("+")) equivalents.push({ file, line, becomes: text.slice(1), reason });
    else if (text !== "") throw new Error(`scripts/mutate/equivalents.diff: expected ---, #, - or + before ${text}`);
  }
  return equivalents;
}

/**
 * Finds the mutants that the list of equivalents names.
 *
 * @param sources The text of each file, by its path relative to the project.
 * @param mutants All mutants of these files; their paths are absolute.
 */
export function matchEquivalents(
  project: string,
  sources: ReadonlyMap<string, string>,
  mutants: readonly Mutant[],
  equivalents: readonly Equivalent[],
): Matched {
  const equivalent = new Set<Mutant>();
  const stale: string[] = [];
  const changes = mutants.map((mutant) => {
    const file = path.relative(project, mutant.file);
    return { mutant, file, ...changeOf(sources.get(file) ?? "", mutant) };
  });
  for (const { file, line, becomes } of equivalents) {
    const found = changes.filter((c) => c.file === file && c.line === line && c.becomes === becomes);
    for (const { mutant } of found) equivalent.add(mutant);
    const lines = new Set(found.map(({ number }) => number)).size;
    if (lines !== 1) {
      stale.push(
        `scripts/mutate/equivalents.diff: \`${becomes}\` comes from ${lines} lines of ${file}, expected 1: correct or remove the entry`,
      );
    }
  }
  return { equivalent, stale };
}

/** The line in which a mutant begins, counted from 1, before and after the change. */
function changeOf(source: string, mutant: Mutant): { number: number; line: string; becomes: string } {
  const number = lineAt(source, mutant.start);
  const textOf = (text: string): string => (text.split("\n")[number - 1] ?? "").trim();
  return { number, line: textOf(source), becomes: textOf(applyMutant(source, mutant)) };
}
