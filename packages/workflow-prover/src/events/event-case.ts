import type { Trigger } from "@release-actions/workflow";
import type { Meaning, Value } from "../variable.ts";

/** One kind of event that starts a workflow: what each path of `github` and `inputs` stands for under it. */
export interface EventCase {
  readonly event: string;
  readonly trigger: Trigger;
  /** Whether secrets are withheld: a pull request from a fork has none. */
  readonly isFork: boolean;
  /** Undefined for a path that GitHub's pages do not describe; anything may be there. */
  meaning(path: string): Meaning | undefined;
  /** The event in words, with the values that matter: "a push of a tag such as v1.2.3". */
  describe(values: ReadonlyMap<string, Value>): string;
}
