import { existsSync } from "node:fs";
import path from "node:path";
import type { Location } from "@release-actions/report";

/** The address of a place in the repository of the run; undefined for a place that it does not have. */
export type SourceLink = (location: Location) => string | undefined;

/**
 * Links to lines on the server of the run (docs: "Creating a permanent link to a code snippet"), by its commit.
 * Without a line there is no link: such locations are mostly files that the job built, which no commit contains.
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

/** A folder with a `.git` of its own is not what is at this path in the repository of the run. */
function isInAnotherCheckout(relative: string): boolean {
  for (let folder = path.dirname(relative); folder !== "."; folder = path.dirname(folder)) {
    if (existsSync(path.join(workspace(), folder, ".git"))) return true;
  }
  return false;
}

function workspace(): string {
  return process.env["GITHUB_WORKSPACE"] || process.cwd();
}
