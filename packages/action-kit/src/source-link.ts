import { existsSync } from "node:fs";
import path from "node:path";
import type { Location } from "@release-actions/report";
import { workspaceFolder, workspacePath } from "./workspace.ts";

/** The URL of a location in the repository of the run; undefined when the repository does not have it. */
export type SourceLink = (location: Location) => string | undefined;

/**
 * Creates links to lines at the run's commit (docs: "Creating a permanent link to a code snippet").
 * A location without a line gets no link: it is mostly a file that the job built, which is not in the commit.
 */
export function sourceLink(env: NodeJS.ProcessEnv): SourceLink {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_SHA: commit } = env;
  return ({ file, line }) => {
    if (!server || !repository || !commit || line === undefined) return undefined;
    const relative = workspacePath(file);
    if (path.isAbsolute(relative) || relative.startsWith("..") || isInAnotherCheckout(relative)) return undefined;
    const parts = relative.split(path.sep).map(encodeURIComponent).join("/");
    return `${server}/${repository}/blob/${commit}/${parts}#L${line}`;
  };
}

/** Whether a path is in another checkout: a folder with its own `.git` does not belong to the run's repository. */
function isInAnotherCheckout(relative: string): boolean {
  for (let folder = path.dirname(relative); folder !== "."; folder = path.dirname(folder)) {
    if (existsSync(path.join(workspaceFolder(), folder, ".git"))) return true;
  }
  return false;
}
