import { existsSync } from "node:fs";
import path from "node:path";
import type { Location } from "@release-actions/report";

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

/** GitHub shows an annotation on a file only when its path is relative to the workspace. */
export function workspacePath(file: string): string {
  const relative = path.relative(workspace(), path.resolve(file));
  return relative.startsWith("..") || path.isAbsolute(relative) ? file : relative;
}

/** Whether a path is in another checkout: a folder with its own `.git` does not belong to the run's repository. */
function isInAnotherCheckout(relative: string): boolean {
  for (let folder = path.dirname(relative); folder !== "."; folder = path.dirname(folder)) {
    if (existsSync(path.join(workspace(), folder, ".git"))) return true;
  }
  return false;
}

function workspace(): string {
  return process.env["GITHUB_WORKSPACE"] || process.cwd();
}
