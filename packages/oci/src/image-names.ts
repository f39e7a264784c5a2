import { formatReference, ImageReferenceError, parseReference } from "@release-actions/image-reference";
import type { Descriptor } from "./documents.ts";
import { ImageArchiveError } from "./error.ts";

/**
 * The names of a descriptor of `index.json`: none or one. They are only shown to people, since the loaded image gets
 * new names, so they are not validated (buildkit writes tags that begin with `_` or end with `-`, which the pattern
 * in annotations.md does not allow).
 */
export function namesOf({ annotations }: Descriptor): readonly string[] {
  // umoci and skopeo write only a tag into the second annotation, and select an image of a layout by it.
  const whole = annotations.get("io.containerd.image.name") ?? annotations.get("org.opencontainers.image.ref.name");
  return whole === undefined ? [] : withoutDigests([whole]);
}

/** Leaves out the names that only repeat a digest. */
export function withoutDigests(names: readonly string[]): readonly string[] {
  return names.filter((name) => !/@(sha256|sha512):[0-9a-f]+$/.test(name));
}

/** Whether one of an image's names is the wanted one. Short names are expanded first: `app:1` equals `docker.io/library/app:1`. */
export function isNamed(names: readonly string[], wanted: string): boolean {
  return names.some((name) => name === wanted || canonical(name) === canonical(wanted));
}

export function noSuchImage(wanted: string, names: readonly string[]): ImageArchiveError {
  const message = `the archive has no image ${JSON.stringify(wanted)}; it has ${list(names)}`;
  return new ImageArchiveError("ambiguous", message, { advice: "Give one of these names, or a digest, in `image`." });
}

export function severalImages(names: readonly string[]): ImageArchiveError {
  return new ImageArchiveError("ambiguous", `the archive holds ${names.length} images: ${list(names)}`, {
    advice: "Save one image in one archive; to load one of these, name it in the input `image` of load-restate-image.",
  });
}

function list(names: readonly string[]): string {
  return names.map((name) => (/^[\w./:@+-]+$/.test(name) ? name : JSON.stringify(name))).join(", ");
}

function canonical(name: string): string {
  try {
    const reference = parseReference(name);
    return formatReference({ ...reference, tag: reference.tag ?? (reference.digest === undefined ? "latest" : "") });
  } catch (error) {
    if (error instanceof ImageReferenceError) return name;
    throw error;
  }
}
