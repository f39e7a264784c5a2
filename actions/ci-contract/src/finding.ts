import type { Location } from "@release-actions/report";

/** What can be wrong with a promised job. */
export type Rule =
  | "invalid-workflow"
  | "missing-job"
  | "unreachable"
  | "skippable"
  | "continue-on-error"
  | "missing-command"
  | "missing-action"
  | "matrix"
  | "gate";

export interface Finding {
  readonly rule: Rule;
  readonly job: string;
  readonly message: string;
  readonly location: Location;
}
