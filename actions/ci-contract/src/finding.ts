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
  /** `notice` means that the files do not show the answer; the message says what it depends on. */
  readonly level: Level;
  readonly rule: Rule;
  readonly job: string;
  readonly message: string;
  readonly location: Location;
}

export function finding(level: Level, rule: Rule, job: string, message: string, location: Location): Finding {
  return { level, rule, job, message, location };
}

/** A notice that a question cannot be answered from the files, with what the answer depends on. */
export function cannotTell(
  rule: Rule,
  job: string,
  question: string,
  dependsOn: readonly string[],
  location: Location,
): Finding {
  const message = `cannot tell ${question}: it depends on ${dependsOn.slice(0, 3).join(", ")}`;
  return finding("notice", rule, job, message, location);
}
