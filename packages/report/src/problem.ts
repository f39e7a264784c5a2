/** A place in a file of the workspace. Lines and columns count from 1. */
export interface Location {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** The severity of a finding. */
export type Level = "error" | "warning" | "notice";

/** A finding, as a value rather than an exception. On a runner it becomes an annotation. */
export interface Problem {
  readonly level: Level;
  readonly message: string;
  readonly title?: string | undefined;
  readonly location?: Location | undefined;
}
