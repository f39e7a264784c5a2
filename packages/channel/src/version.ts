import { Fault } from "@release-actions/report";
import compareSemver from "semver/functions/compare.js";
import compareBuildMetadata from "semver/functions/compare-build.js";
import parseSemver from "semver/functions/parse.js";

/** A version according to Semantic Versioning 2.0.0 (semver.org). */
export interface Version {
  /** As written, with pre-release and build metadata: `1.7.4+hotfix.1`. */
  readonly text: string;
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** `rc.1`, or empty. */
  readonly prerelease: string;
  /** The part after the `+`: `hotfix.1`, or empty. It does not affect the order (section 10). */
  readonly build: string;
}

export class VersionError extends Fault {
  override readonly name = "VersionError";
}

/**
 * Reads a version strictly: no leading `v`, no white space, no missing parts.
 *
 * @param what what the version belongs to, for the error: "the version of widget".
 * @throws VersionError
 */
export function parseVersion(text: string, what = "the version"): Version {
  const version = tryParseVersion(text);
  if (version !== undefined) return version;
  throw new VersionError(`${what} is ${JSON.stringify(text)}, expected a semantic version such as 1.7.4 or 1.8.0-rc.1`);
}

/** As `parseVersion`; `undefined` for any other text. */
export function tryParseVersion(text: string): Version | undefined {
  const parsed = parseSemver(text);
  const build = parsed?.build.join(".") ?? "";
  if (parsed === null || text !== (build === "" ? parsed.version : `${parsed.version}+${build}`)) return undefined;
  const { major, minor, patch } = parsed;
  return { text, major, minor, patch, prerelease: parsed.prerelease.join("."), build };
}

/** Negative when `left` comes first. Versions that differ in build metadata only are equal. */
export function compareVersions(left: Version, right: Version): number {
  return compareSemver(left.text, right.text);
}

/** As `compareVersions`, and a build comes after its version and after the builds before it: `+2` before `+10`. */
export function compareBuilds(left: Version, right: Version): number {
  return compareBuildMetadata(left.text, right.text);
}

/** The line a version is maintained on: `1.7`. */
export function lineOf(version: Version): string {
  return `${version.major}.${version.minor}`;
}
