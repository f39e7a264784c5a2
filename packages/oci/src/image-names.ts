import { ImageReferenceError, parseReference } from "@release-actions/image-reference";
import type { Descriptor } from "./documents.ts";
import { ImageArchiveError } from "./error.ts";

/** What `org.opencontainers.image.ref.name` may hold (annotations.md): a tag alone, or a whole name. */
const REFERENCE_NAME = /^[A-Za-z0-9]+(?:[-._:@+/]+[A-Za-z0-9]+)*$/;

/** The names that a descriptor of `index.json` carries: none, or one. */
export function namesOf({ annotations }: Descriptor): readonly string[] {
  const name = annotations.get("io.containerd.image.name");
  const reference = annotations.get("org.opencontainers.image.ref.name");
  if (reference !== undefined && !REFERENCE_NAME.test(reference)) throw badName(reference, "index.json");
  // A reference alone is most often only a tag.
  const whole = name ?? (reference?.includes("/") === true ? reference : undefined);
  return whole === undefined ? [] : requireNames([whole], "index.json");
}

/** Holds names against the grammar of engines, and leaves out those that only repeat a digest. */
export function requireNames(names: readonly string[], source: string): readonly string[] {
  return names.filter((name) => {
    try {
      return parseReference(name).digest === undefined;
    } catch (error) {
      if (error instanceof ImageReferenceError) throw badName(name, source, error);
      throw error;
    }
  });
}

function badName(name: string, source: string, cause?: ImageReferenceError): ImageArchiveError {
  return new ImageArchiveError("malformed", `${JSON.stringify(name)} in ${source} is no name of an image`, { cause });
}
