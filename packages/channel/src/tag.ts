import { compareBuilds, tryParseVersion, type Version } from "./version.ts";

/**
 * A git tag that names a version, in one of the forms that cargo-dist accepts: `v1.2.3`, `1.2.3`, `widget-v1.2.3`,
 * `widget/1.2.3`.
 */
export interface VersionTag {
  readonly tag: string;
  /** The part before the version, without the `v`: `widget-` or `releases/`, empty for tags of the whole repository. */
  readonly family: string;
  readonly version: Version;
}

/** Parses a tag; `undefined` when it does not end in a version. */
export function parseTag(tag: string): VersionTag | undefined {
  const [, prefix = "", text = ""] = /^(.*?)(\d+\.\d+\.\d+(?:[-+].*)?)$/s.exec(tag) ?? [];
  if (/[\d.+]$/.test(prefix)) return undefined;
  const version = tryParseVersion(text);
  return version && { tag, family: prefix.replace(/v$/, ""), version };
}

/** The versions that were released under tags of one family. `name` and `refs/tags/name` are the same tag. */
export function versionsOfFamily(tags: Iterable<string>, family: string): readonly Version[] {
  return tagsOfFamily(tags, family).map(({ version }) => version);
}

function tagsOfFamily(tags: Iterable<string>, family: string): readonly VersionTag[] {
  return [...tags]
    .map((tag) => parseTag(tag.trim().replace(/^refs\/tags\//, "")))
    .filter((parsed) => parsed !== undefined)
    .filter((parsed) => parsed.family === family);
}

/**
 * The tag of the release before this one in its family. For a full release that is the highest full release below it,
 * for a pre-release or a build the highest version below it. Of `v1.0.0` and `1.0.0`, the one written like `tag`.
 * `undefined` for the first release.
 */
export function previousTag(tags: Iterable<string>, tag: string): string | undefined {
  const own = parseTag(tag);
  if (own === undefined) return undefined;
  const likeOwn = (other: VersionTag) => Number(hasV(other) === hasV(own));
  const isFull = own.version.prerelease === "" && own.version.build === "";
  return tagsOfFamily(tags, own.family)
    .filter(({ version }) => !isFull || (version.prerelease === "" && version.build === ""))
    .filter(({ version }) => compareBuilds(version, own.version) < 0)
    .toSorted((left, right) => compareBuilds(right.version, left.version) || likeOwn(right) - likeOwn(left))[0]?.tag;
}

function hasV({ tag, family }: VersionTag): boolean {
  return tag.startsWith("v", family.length);
}
