/** A place in a file of the workspace. Lines and columns count from 1. */
export interface Location {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

export type Level = "error" | "warning" | "notice";

/** A finding: a value, not an exception. It becomes an annotation where there is a runner. */
export interface Problem {
  readonly level: Level;
  readonly message: string;
  readonly title?: string | undefined;
  readonly location?: Location | undefined;
}
