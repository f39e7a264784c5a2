import type { Level, Location } from "@release-actions/report";

/** What can be wrong with a job. */
export type Rule =
  | "invalid-workflow"
  | "missing-job"
  | "always-true"
  | "unreachable"
  | "skippable"
  | "pending"
  | "continue-on-error"
  | "missing-command"
  | "missing-action"
  | "matrix"
  | "gate"
  | "refused";

export interface Finding {
  /** `notice` is for what cannot be told from the files, with what it depends on. */
  readonly level: Level;
  readonly rule: Rule;
  readonly job: string;
  readonly message: string;
  readonly location: Location;
}

/** `cannot tell`, with what it depends on. */
export function cannotTell(
  rule: Rule,
  job: string,
  question: string,
  dependsOn: readonly string[],
  location: Location,
): Finding {
  const message = `cannot tell ${question}: it depends on ${dependsOn.slice(0, 3).join(", ")}`;
  return { level: "notice", rule, job, message, location };
}
