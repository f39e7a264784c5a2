export type Cell = string | number;

/** A table of a report. */
export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}
