import type { Trigger } from "@release-actions/workflow";
import { type Meaning, type Value, valueWith } from "../variable.ts";

/** Describes an event. Only values that a condition read are named. */
export function describeEvent(
  { event }: Trigger,
  meanings: Readonly<Record<string, Meaning>>,
  values: ReadonlyMap<string, Value>,
  isFork: boolean,
): string {
  const known = (path: string): string | undefined => {
    const meaning = meanings[path];
    if (meaning?.kind !== "variable") return undefined;
    const value = values.get(meaning.variable.key);
    return value === undefined ? undefined : String(valueWith(meaning, value));
  };
  const action = known("github.event.action");
  const [branch, tag] = [values.get("branch"), values.get("tag")];
  const such = (noun: string, value: Value | undefined): string =>
    value === undefined ? `a ${noun}` : `a ${noun} such as ${String(value)}`;
  switch (event) {
    case "push":
      return "github.ref" in meanings && refType(meanings) === "tag"
        ? `a push of ${such("tag", tag)}`
        : `a push to ${such("branch", branch)}`;
    case "pull_request":
    case "pull_request_target": {
      const merged = meanings["github.event.pull_request.merged"];
      const isMerged = merged?.kind === "value" && merged.value === true;
      const base = values.get("base branch");
      const parts = [
        isMerged ? "a merged pull request" : "a pull request",
        ...(isFork ? ["from a fork"] : []),
        ...(values.has("head branch") ? [`from a branch such as ${String(values.get("head branch"))}`] : []),
        ...(base === undefined ? [] : [`to a branch such as ${String(base)}`]),
        ...(action === undefined || isMerged ? [] : [`(${action})`]),
      ];
      return event === "pull_request" ? parts.join(" ") : `${parts.join(" ")}, under pull_request_target`;
    }
    case "workflow_dispatch":
      return refType(meanings) === "tag"
        ? `a start by hand on ${such("tag", tag)}`
        : `a start by hand on ${such("branch", branch)}`;
    case "schedule": {
      const cron = known("github.event.schedule");
      return cron === undefined ? "the schedule" : `the schedule "${cron}"`;
    }
    case "workflow_run":
      return isFork ? "a run that follows one for a fork's pull request" : "a run that follows another one";
    case "merge_group":
      return "a merge queue";
    case "release":
      return `a release (${action ?? "any activity"})${tag === undefined ? "" : ` with a tag such as ${String(tag)}`}`;
    default:
      return action === undefined ? `the event ${event}` : `the event ${event} (${action})`;
  }
}

function refType(meanings: Readonly<Record<string, Meaning>>): Value | undefined {
  const type = meanings["github.ref_type"];
  return type?.kind === "value" ? type.value : undefined;
}
