import { homedir } from "node:os";
import path from "node:path";

export const REPOSITORY = path.dirname(import.meta.dirname);

/** What is dear to make and the same for every clone on this machine: in `RELEASE_ACTIONS_CACHE`, else the user's cache. */
export function cacheFolder(...names: readonly string[]): string {
  const base = process.env["XDG_CACHE_HOME"] || path.join(homedir(), ".cache");
  return path.join(process.env["RELEASE_ACTIONS_CACHE"] || path.join(base, "release-actions"), ...names);
}

/** What belongs to this clone and is gone when its work is done; git ignores it. */
export function workFolder(...names: readonly string[]): string {
  return path.join(REPOSITORY, ".work", ...names);
}
