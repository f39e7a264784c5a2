// Finds the mutants that the list of equivalents leaves out, and the entries of the list that match nothing.
import path from "node:path";
import { lineAt } from "../words/prose.ts";
import { applyMutant, type Mutant } from "./mutants.ts";

/** A mutant that no test can notice. Its lines are written without leading and trailing space. */
export interface Equivalent {
  /** The line in which the change begins. */
  readonly line: string;
  /** The same line with the change. */
  readonly becomes: string;
  /** Why the changed program behaves the same, in one sentence. */
  readonly reason: string;
  /** The number of lines of the file that are equal to this one; 1 by default. */
  readonly times?: number;
}

/** Equivalent mutants by the path of the file that they change, relative to the project. */
export type Equivalents = Readonly<Record<string, readonly Equivalent[]>>;

export interface Matched {
  readonly equivalent: ReadonlySet<Mutant>;
  /** A message for each entry whose line or change no longer exists. */
  readonly stale: readonly string[];
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
  equivalents: Equivalents,
): Matched {
  const equivalent = new Set<Mutant>();
  const stale: string[] = [];
  for (const [file, entries] of Object.entries(equivalents)) {
    const source = sources.get(file) ?? "";
    const changes = mutants
      .filter((mutant) => path.relative(project, mutant.file) === file)
      .map((mutant) => ({ mutant, ...changeOf(source, mutant) }));
    for (const { line, becomes, times = 1 } of entries) {
      const found = changes.filter((change) => change.line === line && change.becomes === becomes);
      for (const { mutant } of found) equivalent.add(mutant);
      const lines = new Set(found.map(({ number }) => number)).size;
      if (lines !== times) {
        stale.push(
          `scripts/mutate/equivalents.ts: \`${becomes}\` comes from ${lines} lines of ${file}, expected ${times}: correct or remove the entry`,
        );
      }
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
