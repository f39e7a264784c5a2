import type { Trigger } from "@release-actions/workflow";
import type { Meaning, Value } from "../variable.ts";

/** One kind of event that starts a workflow, with the meaning of each path of `github` and `inputs`. */
export interface EventCase {
  readonly event: string;
  readonly trigger: Trigger;
  /** Whether the event comes from a fork, whose pull requests do not get secrets. */
  readonly isFork: boolean;
  /** Undefined for a path that GitHub's documentation does not describe; its value may be anything. */
  meaning(path: string): Meaning | undefined;
  /** Describes the event with the values that matter, such as "a push of a tag such as v1.2.3". */
  describe(values: ReadonlyMap<string, Value>): string;
}
