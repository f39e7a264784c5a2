import { parseTag } from "@release-actions/channel";

/** What a git tag is to an image. */
export type PlacedTag =
  /** A release of it. */
  | { readonly kind: "version"; readonly version: string }
  /** A name of no version, such as `nightly`. */
  | { readonly kind: "name" }
  /** A version of something else in the repository, or of what cannot be told: it must not move the image. */
  | { readonly kind: "foreign"; readonly why: string };

/**
 * Tells whose release a tag is. `v1.2.3` and `1.2.3` are everything's; `widget-v1.2.3` and `widget/1.2.3` are those of
 * an image, a package or a repository called `widget`; `chart-2.0.0` is somebody else's.
 *
 * @param family the family that the input names, with its separator (`widget-`); then no other is taken
 * @param names what may stand before the version
 */
export function placeTag(tag: string, family: string | undefined, names: readonly string[]): PlacedTag {
  const parsed = parseTag(tag);
  if (parsed === undefined) return { kind: "name" };
  const { family: found, version } = parsed;
  const ours = family === undefined ? isOneOf(found, names) : found === withoutV(family);
  if (ours) return { kind: "version", version: version.text };
  const expected = family === undefined ? `a version, or one of ${names.join(", ")} before it` : `${family} before it`;
  const why = `The tag ${tag} releases ${JSON.stringify(found)} and not this image (expected ${expected}): no tag of the image moves. If it does release this image, set the input for the tag family to ${JSON.stringify(found)}.`;
  return { kind: "foreign", why };
}

function isOneOf(family: string, names: readonly string[]): boolean {
  if (family === "") return true;
  const name = family.replace(/[^A-Za-z0-9]+$/, "").toLowerCase();
  return names.some((candidate) => candidate.toLowerCase() === name);
}

/** `v` and `widget-v` are the families of `v1.2.3` and `widget-v1.2.3` as people write them. */
function withoutV(family: string): string {
  return family.replace(/(^|[^A-Za-z])v$/, "$1");
}
