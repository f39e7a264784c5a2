import { compareVersions, parseVersion, type Version, VersionError } from "./version.ts";

/** A git tag that names a version, in one of the forms cargo-dist takes: `v1.2.3`, `1.2.3`, `widget-v1.2.3`, `widget/1.2.3`. */
export interface VersionTag {
  readonly tag: string;
  /** What is released under such tags: `widget-` or `releases/`, empty for the whole repository. Without the `v`. */
  readonly family: string;
  readonly version: Version;
}

/** `undefined` when the tag names no version; such tags are of no concern to a release. */
export function parseTag(tag: string): VersionTag | undefined {
  const [, prefix = "", text = ""] = /^(.*?)(\d+\.\d+\.\d+(?:[-+].*)?)$/s.exec(tag) ?? [];
  if (/[\d.+]$/.test(prefix)) return undefined;
  try {
    return { tag, family: prefix.replace(/v$/, ""), version: parseVersion(text) };
  } catch (error) {
    if (error instanceof VersionError) return undefined;
    throw error;
  }
}

/** The versions that were released under tags of one family. `name` and `refs/tags/name` are the same tag. */
export function versionsOfFamily(tags: Iterable<string>, family: string): readonly Version[] {
  return [...tags]
    .map((tag) => parseTag(tag.trim().replace(/^refs\/tags\//, "")))
    .filter((parsed) => parsed !== undefined)
    .filter((parsed) => parsed.family === family)
    .map((parsed) => parsed.version);
}

/**
 * The tag of the release before this one, in its family: for a full release the highest full release below it, for a
 * pre-release or a build the highest version below it. `undefined` for the first.
 */
export function previousTag(tags: Iterable<string>, tag: string): string | undefined {
  const own = parseTag(tag);
  if (own === undefined) return undefined;
  const isFull = own.version.prerelease === "" && own.version.build === "";
  return [...tags]
    .map((name) => parseTag(name.trim().replace(/^refs\/tags\//, "")))
    .filter((other) => other !== undefined)
    .filter(({ family, version }) => family === own.family && version.text !== own.version.text)
    .filter(({ version }) => !isFull || (version.prerelease === "" && version.build === ""))
    .filter(({ version }) => isBelow(version, own.version))
    .reduce<VersionTag | undefined>(
      (highest, other) => (highest === undefined || isBelow(highest.version, other.version) ? other : highest),
      undefined,
    )?.tag;
}

/** A build comes after its version, and after the builds before it. */
function isBelow(left: Version, right: Version): boolean {
  const order = compareVersions(left, right);
  return order < 0 || (order === 0 && left.build < right.build);
}
