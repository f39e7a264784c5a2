import { existsSync } from "node:fs";
import path from "node:path";
import { readWorkspace, type Workspace } from "@release-actions/cargo";
import type { Location } from "@release-actions/report";
import { entryOf, readToml } from "@release-actions/toml";
import { HakariError } from "./fault.ts";

/** The files in which cargo-hakari looks for its configuration, in order. */
const PLACES = [".config/hakari.toml", ".guppy/hakari.toml"];
const SECTION_MARKERS = ["### BEGIN HAKARI SECTION", "### END HAKARI SECTION"] as const;

/** A workspace that is managed by hakari. Files are absolute. */
export interface HakariWorkspace {
  readonly workspace: Workspace;
  /** `dep-format-version` and its location; version 1 if it is missing. */
  readonly format: { readonly version: string; readonly location: Location };
  /** The manifest that hakari writes. */
  readonly manifest: string;
}

/**
 * Reads the hakari configuration of a workspace; undefined when it has no hakari.toml.
 *
 * @throws HakariError for an invalid configuration
 */
export function readHakari(cwd: string): HakariWorkspace | undefined {
  const workspace = readWorkspace(cwd);
  const configFile = PLACES.map((place) => path.join(workspace.root, place)).find((file) => existsSync(file));
  if (configFile === undefined) return undefined;
  const { root } = readToml(configFile);
  const name = entryOf(root, "hakari-package");
  if (name?.kind !== "string") {
    throw new HakariError(
      `${configFile} does not say which package hakari writes: expected hakari-package = "workspace-hack"`,
      {
        location: name?.location ?? { file: configFile, line: 1 },
      },
    );
  }
  const crate = workspace.crates.find((each) => each.name === name.value);
  if (crate === undefined) {
    throw new HakariError(`${configFile}:${name.location.line}: the workspace has no package "${name.value}"`, {
      location: name.location,
      advice: "Correct the name, or add the package to the members of the workspace.",
    });
  }
  requireMarkers(crate.manifest.text, path.join(crate.folder, "Cargo.toml"));
  const format = entryOf(root, "dep-format-version");
  return {
    workspace,
    format: {
      version: format?.kind === "string" ? format.value : "1",
      location: format?.location ?? { file: configFile, line: 1 },
    },
    manifest: path.join(crate.folder, "Cargo.toml"),
  };
}

/** cargo-hakari rewrites the section between two comments, which a merge or an edit may have removed or duplicated. */
function requireMarkers(text: string, file: string): void {
  for (const marker of SECTION_MARKERS) {
    const lines = text.split("\n").flatMap((line, at) => (line.trim() === marker ? [at + 1] : []));
    if (lines.length === 1) continue;
    const found = lines.length === 0 ? "is missing" : `occurs ${lines.length} times, on lines ${lines.join(" and ")}`;
    throw new HakariError(`${file}: the line \`${marker}\` ${found}, expected once`, {
      location: { file, line: lines[1] ?? 1 },
      advice: "Restore the two comments around the section that hakari manages, then run `cargo hakari generate`.",
    });
  }
}
