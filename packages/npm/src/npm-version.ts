import { DIST_TAG_IDENTITY_NPM } from "./npm-facts.ts";

/** Whether a version of npm is older than another; pre-release suffixes (`-…`) are ignored. */
export function isNpmOlder(version: string, than: string): boolean {
  const [found, expected] = [version, than].map((text) => text.split(/[-+]/)[0]?.split(".").map(Number) ?? []);
  const index = expected?.findIndex((part, at) => part !== (found?.[at] ?? 0)) ?? -1;
  return index >= 0 && (found?.[index] ?? 0) < (expected?.[index] ?? 0);
}

/** Whether this npm can move dist-tags with the job's OIDC identity. Each major version gained this in a different release. */
export function movesTagsByIdentity(version: string): boolean {
  const major = (text: string): string => text.split(".")[0] ?? "";
  const own = DIST_TAG_IDENTITY_NPM.find((since) => major(since) === major(version));
  const first = own ?? DIST_TAG_IDENTITY_NPM.at(-1) ?? "";
  return !isNpmOlder(version, first);
}
