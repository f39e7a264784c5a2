import { readFile } from "node:fs/promises";
import { parseTag } from "@release-actions/channel";
import { Fault } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";

/** The facts about the run that decide what is built. */
export interface RunEvent {
  /** `push`, `pull_request`, ... */
  readonly name: string;
  /** `owner/name`. */
  readonly repository: string;
  /** `refs/heads/main`, `refs/tags/v1.2.3`, `refs/pull/1/merge`. */
  readonly ref: string;
  readonly sha: string;
  /** Undefined when the event does not contain it. */
  readonly defaultBranch: string | undefined;
  readonly workspace: string;
  readonly temp: string;
}

export async function readEvent({ env, inputs, exec }: ActionRunner): Promise<RunEvent> {
  const required = (name: string): string => {
    const value = env[name] ?? "";
    if (value === "") throw new Fault(`${name} is not set: is this a step of a workflow?`);
    return value;
  };
  const payload: unknown = JSON.parse(await readFile(required("GITHUB_EVENT_PATH"), "utf8"));
  const branch: unknown = Object(Object(payload).repository).default_branch;
  const workspace = required("GITHUB_WORKSPACE");
  const checkedOut = inputs.ref === undefined ? undefined : await exec("git", ["-C", workspace, "rev-parse", "HEAD"]);
  return {
    name: required("GITHUB_EVENT_NAME"),
    repository: required("GITHUB_REPOSITORY"),
    ref: inputs.ref === undefined ? required("GITHUB_REF") : fullRef(inputs.ref),
    sha: checkedOut?.stdout.trim() ?? required("GITHUB_SHA"),
    defaultBranch: typeof branch === "string" ? branch : undefined,
    workspace,
    temp: required("RUNNER_TEMP"),
  };
}

/** Completes a short name: it is a tag if it is a version, else a branch. */
function fullRef(ref: string): string {
  if (ref.startsWith("refs/")) return ref;
  return parseTag(ref) === undefined ? `refs/heads/${ref}` : `refs/tags/${ref}`;
}
