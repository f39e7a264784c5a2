import { entryOf, parseToml, stringValue, type TomlDocument, type TomlString } from "@release-actions/toml";
import { CargoError } from "./fault.ts";

/** The newest supported `version` of Cargo.lock (cargo 1.78 and later write 4). */
const NEWEST_LOCK = 4;

/** One `[[package]]` of a Cargo.lock. */
export interface LockedPackage {
  readonly name: string;
  readonly version: TomlString;
  /** Undefined for a crate of the workspace and for a path dependency. */
  readonly source: string | undefined;
}

/** A parsed Cargo.lock. */
export interface LockFile {
  readonly document: TomlDocument;
  readonly packages: readonly LockedPackage[];
}

/** Reads a Cargo.lock. Refuses newer formats, whose meaning is unknown. */
export function parseLock(text: string, file: string): LockFile {
  const document = parseToml(text, file);
  const version = entryOf(document.root, "version");
  // Formats 1 and 2 have no number.
  const number = version === undefined ? 2 : Number(version.kind === "integer" ? version.value : Number.NaN);
  if (!(number <= NEWEST_LOCK)) {
    throw new CargoError(
      `${file} is of version ${version?.kind === "integer" ? version.value : "?"}, and only up to ${NEWEST_LOCK} is known`,
      {
        location: version?.location ?? { file, line: 1 },
        advice: "Update this action, or regenerate the file with the pinned cargo.",
      },
    );
  }
  return { document, packages: lockedPackages(document) };
}

function lockedPackages({ root }: TomlDocument): LockedPackage[] {
  const packages = entryOf(root, "package");
  if (packages?.kind !== "array") return [];
  return packages.items.map((item) => {
    const name = stringValue(item, "name");
    const version = entryOf(item, "version");
    if (name === undefined || version?.kind !== "string") {
      const { file, line } = item.location;
      throw new CargoError(`${file}:${line}: a [[package]] needs a name and a version`, { location: item.location });
    }
    return { name, version, source: stringValue(item, "source") };
  });
}
