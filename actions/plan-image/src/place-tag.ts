import { parseTag } from "@release-actions/channel";

/** How a git tag relates to an image. */
export type PlacedTag =
  /** It releases the image. */
  | { readonly kind: "version"; readonly version: string }
  /** It does not name a version, such as `nightly`. */
  | { readonly kind: "name" }
  /** It releases something else in the repository, or something unknown: it must not move the image's tags. */
  | { readonly kind: "foreign"; readonly why: string };

/**
 * Decides what a tag releases. `v1.2.3` and `1.2.3` release everything; `widget-v1.2.3` and `widget/1.2.3` release an
 * image, a package or a repository called `widget`; `chart-2.0.0` releases something else.
 *
 * @param family the tag family from the input, with its separator (`widget-`); if given, no other is accepted
 * @param names the names that may stand before the version
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

/** Removes the `v` that people write at the end of a family: `v` for `v1.2.3`, `widget-v` for `widget-v1.2.3`. */
function withoutV(family: string): string {
  return family.replace(/(^|[^A-Za-z])v$/, "$1");
}
