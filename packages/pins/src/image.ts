import { ImageReferenceError, parseReference } from "@release-actions/image-reference";

/** The name of an image, with the full name of its repository. */
export interface ImageName {
  /** With its registry: `docker.io/library/rust`, `ghcr.io/org/dev-tools`. */
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/** Tags that move by definition. Other tags without a version, such as `bookworm-slim`, describe the content of the image. */
const FLOATING = /^(latest|main|master|trunk|dev|develop|edge|nightly|beta|stable|canary|head)$/i;

/** Asks for a property of an image; the result is undefined when it is unknown. */
export type ImageLookup = (image: string) => Promise<string | undefined>;

/** Parses the name of an image; undefined for any other text. */
export function parseImage(text: string): ImageName | undefined {
  try {
    const { registry, repository, tag, digest } = parseReference(text);
    return { repository: `${registry}/${repository}`, tag, digest };
  } catch (error) {
    if (error instanceof ImageReferenceError) return undefined;
    throw error;
  }
}

/** The name with its tag and without a digest, as a registry is asked for it. */
export function taggedName({ repository, tag }: ImageName): string {
  return `${repository}:${tag ?? "latest"}`;
}

/** The version a tag starts with: `1.95.0` of `1.95.0-bookworm`. A date or a commit is not a version. */
export function tagVersion(tag: string | undefined): string | undefined {
  return /^v?(\d{1,5}(?:\.\d{1,5}){0,2})(?=$|[-_+.])/.exec(tag ?? "")?.[1];
}

/** Why the reference may mean another image tomorrow; undefined when it is pinned. */
export function whyFloating({ tag, digest }: ImageName): string | undefined {
  if (digest !== undefined) return undefined;
  if (tag === undefined) return "it has neither tag nor digest";
  return FLOATING.test(tag) ? `the tag ${tag} moves` : undefined;
}

export type PromisedRust =
  | { readonly kind: "release"; readonly version: string; readonly at: "start" | "inside" }
  /** A Rust image whose tag moves with every release: `rust:slim`, `rust:1`, `rust`. */
  | { readonly kind: "floating" };

/** Images whose tags are Rust releases: the official image, its mirrors, and well-known images based on it. */
const RUST_IMAGE =
  /(^|\/)(library\/rust|rustlang\/rust|cimg\/rust|circleci\/rust|clux\/muslrust|instrumentisto\/rust|[\w.-]*mirror[\w.-]*\/(?:[\w.-]+\/)*rust)$/;
const WITH_RUST_IN_TAG = /(^|\/)(cargo-chef|rust|rust-[\w-]*|muslrust|[\w-]*rust-builder)$/;
const OTHER_VERSIONS = /(^|\/)devcontainers\//;

/**
 * The Rust release that an image's name promises, by the tag of a Rust image or by `rust-1.95.0` in any tag. Other images
 * called "rust" may have tags such as `2-1`, which are their own versions and not Rust releases.
 */
export function promisedRust(image: ImageName): PromisedRust | undefined {
  if (OTHER_VERSIONS.test(image.repository)) return undefined;
  const inside = /(?:^|[-_.])rust-?(\d+\.\d+(?:\.\d+)?)/.exec(image.tag ?? "")?.[1];
  if (inside !== undefined) return { kind: "release", version: inside, at: "inside" };
  const isRust = RUST_IMAGE.test(image.repository);
  const version = tagVersion(image.tag);
  const isRelease = version !== undefined && /^1\.\d{2,3}(\.|$)/.test(version);
  if (isRelease && (isRust || /(^|\/)rust$/.test(image.repository))) return { kind: "release", version, at: "start" };
  const isFloating = isRust
    ? !/nightly|beta/.test(image.tag ?? "")
    : WITH_RUST_IN_TAG.test(image.repository) && /(^|-)rust(-|$)/.test(image.tag ?? "");
  return isFloating && image.digest === undefined ? { kind: "floating" } : undefined;
}

/** Whether the image is an official one, which has a name without an owner on Docker Hub. */
export function isOfficial(image: ImageName): boolean {
  return image.repository.startsWith("docker.io/library/");
}
