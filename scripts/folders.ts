import { homedir } from "node:os";
import path from "node:path";

export const REPOSITORY = path.dirname(import.meta.dirname);

/** A folder for expensive results that all clones on this machine share, in `RELEASE_ACTIONS_CACHE` or else the user's cache. */
export function cacheFolder(...names: readonly string[]): string {
  const base = process.env["XDG_CACHE_HOME"] || path.join(homedir(), ".cache");
  return path.join(process.env["RELEASE_ACTIONS_CACHE"] || path.join(base, "release-actions"), ...names);
}

/** A folder for temporary files of this clone; git ignores it. */
export function workFolder(...names: readonly string[]): string {
  return path.join(REPOSITORY, ".work", ...names);
}
