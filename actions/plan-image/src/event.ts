import { readFile } from "node:fs/promises";
import { Fault } from "@release-actions/report";

/** What a runner says of the run, as far as it decides about images. */
export interface RunEvent {
  /** `push`, `pull_request`, ... */
  readonly name: string;
  /** `owner/name`. */
  readonly repository: string;
  /** `refs/heads/main`, `refs/tags/v1.2.3`, `refs/pull/1/merge`. */
  readonly ref: string;
  readonly sha: string;
  /** Undefined when the event does not tell. */
  readonly defaultBranch: string | undefined;
  readonly workspace: string;
  readonly temp: string;
}

export async function readEvent(env: Readonly<NodeJS.ProcessEnv>): Promise<RunEvent> {
  const required = (name: string): string => {
    const value = env[name] ?? "";
    if (value === "") throw new Fault(`${name} is not set: is this a step of a workflow?`);
    return value;
  };
  const payload: unknown = JSON.parse(await readFile(required("GITHUB_EVENT_PATH"), "utf8"));
  const branch: unknown = Object(Object(payload).repository).default_branch;
  return {
    name: required("GITHUB_EVENT_NAME"),
    repository: required("GITHUB_REPOSITORY"),
    ref: required("GITHUB_REF"),
    sha: required("GITHUB_SHA"),
    defaultBranch: typeof branch === "string" ? branch : undefined,
    workspace: required("GITHUB_WORKSPACE"),
    temp: required("RUNNER_TEMP"),
  };
}
