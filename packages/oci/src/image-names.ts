import type { Descriptor } from "./documents.ts";

/**
 * The names that a descriptor of `index.json` carries: none, or one. They are kept as they are, for people to read:
 * whoever loads the image gives it names of their own, so no grammar has to be met (a tag may begin with `_` and
 * end with `-`, which the pattern in annotations.md does not allow and buildkit writes).
 */
export function namesOf({ annotations }: Descriptor): readonly string[] {
  const name = annotations.get("io.containerd.image.name");
  const reference = annotations.get("org.opencontainers.image.ref.name");
  // A reference alone is most often only a tag.
  const whole = name ?? (reference?.includes("/") === true ? reference : undefined);
  return whole === undefined ? [] : withoutDigests([whole]);
}

/** Leaves out the names that only repeat a digest. */
export function withoutDigests(names: readonly string[]): readonly string[] {
  return names.filter((name) => !/@(sha256|sha512):[0-9a-f]+$/.test(name));
}
