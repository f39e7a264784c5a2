/** Why the failure of a command would not fail its step. */
export type Discount =
  | "behind ||"
  | "followed by ||"
  | "negated"
  | "in the background"
  | "in a pipeline without pipefail"
  | "in a condition"
  | "in a branch that may not run"
  | "in a function"
  | "after exit"
  | "behind an `exit 0` in a branch"
  | "followed by another program, whose exit code counts instead"
  | "where failures are ignored (set +e)";

/** One command of a script, as the words it is started with. */
export interface Call {
  /** Quotes removed; a word with an expansion keeps its text. */
  readonly words: readonly string[];
  /** Offset in the script. */
  readonly offset: number;
  /** Undefined when the command runs for sure and its failure fails the step. */
  readonly discount: Discount | undefined;
}

export interface ScriptReading {
  readonly calls: readonly Call[];
  /** What the parser could not make sense of. */
  readonly errors: readonly string[];
}
