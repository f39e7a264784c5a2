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

/** One command of a script. */
export interface Call {
  /** The program and its arguments, without quotes. A word with an expansion keeps its text. */
  readonly words: readonly string[];
  /** Undefined when the command always runs and its failure fails the step. */
  readonly discount: Discount | undefined;
}
