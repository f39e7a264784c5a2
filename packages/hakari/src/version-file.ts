import { globSync } from "node:fs";
import path from "node:path";
import { Fault, type Location } from "@release-actions/report";
import { createLocator, readText } from "@release-actions/text";

/** A version of cargo-hakari that a file of the repository names. */
export interface NamedVersion {
  readonly version: string;
  readonly location: Location & { readonly line: number };
}

/**
 * The files in which repositories name their version of cargo-hakari; the first that names one counts. These are
 * hakari's configuration (where a comment is enough), pins.yml, version files, Dockerfiles of tool images, just recipes
 * and workflows.
 */
const FILES = [
  ".config/hakari.toml",
  ".guppy/hakari.toml",
  "pins.yml",
  ".github/pins.yml",
  "{.,}mise.toml",
  ".tool-versions",
  "{,docker/,.docker/,dev/}{,*[Dd]ev-tools*/}{Dockerfile,*.Dockerfile,Dockerfile.*}",
  "{justfile,Justfile,.justfile}",
  ".github/workflows/**/*.{yml,yaml}",
  ".github/actions/*/action.{yml,yaml}",
];

/** `cargo-hakari@0.9.36`, `cargo-hakari = "0.9.36"`, `cargo install cargo-hakari --version 0.9.36`, `cargo:cargo-hakari 0.9.36`. */
const MENTION =
  /cargo-hakari(?:-version)?["']?(?:@|\s*[=:]\s*["']?|\s+--version[\s=]+["']?|\s+--vers[\s=]+["']?|\s+)v?(\d+\.\d+\.\d+)(?![\w.])/i;
const BEFORE = /--version[\s=]+["']?v?(\d+\.\d+\.\d+)["']?\s+(?:--\S+\s+)*cargo-hakari/i;

/** The version that the repository names; undefined if it names none. */
export function findNamedVersion(root: string): NamedVersion | undefined {
  for (const pattern of FILES) {
    for (const file of globSync(pattern, { cwd: root }).sort()) {
      const found = versionIn(root, file);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function versionIn(root: string, file: string): NamedVersion | undefined {
  const absolute = path.join(root, file);
  try {
    const text = readText(absolute, file);
    const match = MENTION.exec(text) ?? BEFORE.exec(text);
    if (match?.[1] === undefined) return undefined;
    return { version: match[1], location: createLocator(text, absolute)(match.index) };
  } catch (error) {
    if (error instanceof Fault) return undefined; // It is not a text file, so it names no version.
    throw error;
  }
}
