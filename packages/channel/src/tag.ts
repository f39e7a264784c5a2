import { parseVersion, type Version, VersionError } from "./version.ts";

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
