import type { Trigger } from "@release-actions/workflow";
import { type Meaning, type Value, valueWith } from "../variable.ts";

/** Describes an event. Only values that a condition read are named. */
export function describeEvent(
  { event }: Trigger,
  meanings: Readonly<Record<string, Meaning>>,
  values: ReadonlyMap<string, unknown>,
  isFork: boolean,
): string {
  const known = (path: string): string | undefined => {
    const meaning = meanings[path];
    if (meaning?.kind !== "variable") return undefined;
    const value = values.get(meaning.variable.key);
    // The cast is safe: the values of variables are values of expressions.
    return value === undefined ? undefined : String(valueWith(meaning, value as Value));
  };
  const action = known("github.event.action");
  const fixed = (path: string): Value | undefined => {
    const meaning = meanings[path];
    return meaning?.kind === "value" ? meaning.value : undefined;
  };
  /** A noun with the value of the variable, if a condition read it. */
  const such = (noun: string, variable = noun): string =>
    values.has(variable) ? `a ${noun} such as ${String(values.get(variable))}` : `a ${noun}`;
  const isTag = fixed("github.ref_type") === "tag";
  switch (event) {
    case "push":
      return isTag ? `a push of ${such("tag")}` : `a push to ${such("branch")}`;
    case "pull_request":
    case "pull_request_target": {
      const isMerged = fixed("github.event.pull_request.merged") === true;
      const parts = [
        isMerged ? "a merged pull request" : "a pull request",
        ...(isFork ? ["from a fork"] : []),
        ...(values.has("head branch") ? [`from ${such("branch", "head branch")}`] : []),
        ...(values.has("base branch") ? [`to ${such("branch", "base branch")}`] : []),
        ...(action === undefined || isMerged ? [] : [`(${action})`]),
      ];
      return event === "pull_request" ? parts.join(" ") : `${parts.join(" ")}, under pull_request_target`;
    }
    case "workflow_dispatch":
      return `a start by hand on ${such(isTag ? "tag" : "branch")}`;
    case "schedule": {
      const cron = known("github.event.schedule");
      return cron === undefined ? "the schedule" : `the schedule "${cron}"`;
    }
    case "workflow_run":
      return isFork ? "a run that follows one for a fork's pull request" : "a run that follows another one";
    case "merge_group":
      return "a merge queue";
    case "release":
      return `a release (${action ?? "any activity"})${values.has("tag") ? ` with ${such("tag")}` : ""}`;
    default:
      return action === undefined ? `the event ${event}` : `the event ${event} (${action})`;
  }
}
