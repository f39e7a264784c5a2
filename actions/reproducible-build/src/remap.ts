import { realpathSync } from "node:fs";
import path from "node:path";
import { Fault } from "@release-actions/report";

/** The fixed names that replace paths of the machine. */
export const REMAP_NAMES = { workspace: "src", registry: "crate", git: "crate-git", rustup: "rustup" } as const;

export type RemapKey = keyof typeof REMAP_NAMES;

/** A folder of this machine, and the name that replaces it in the products. */
export interface Remap {
  readonly from: string;
  readonly to: string;
}

/** The absolute paths of cargo's and rustc's folders on this machine. */
export interface Places {
  readonly workspace: string;
  readonly cargoHome: string;
  readonly rustupHome: string | undefined;
  readonly sysroot: string;
  /** The target folder, if it is outside the workspace. */
  readonly targetFolder: string | undefined;
}

export function parseRemapKeys(keys: readonly string[]): RemapKey[] {
  if (keys.length === 1 && keys[0] === "none") return [];
  return keys.map((key) => {
    if (Object.hasOwn(REMAP_NAMES, key)) return key as RemapKey; // Checked on this line.
    throw new Fault(`input \`remap\` has "${key}", expected ${Object.keys(REMAP_NAMES).join(", ")} or none`);
  });
}

/**
 * The folders to replace, also by the paths that they have after resolving symbolic links. rustc and gcc use the last
 * mapping that matches, so longer paths come later.
 */
export function findRemaps(keys: readonly RemapKey[], places: Places): Remap[] {
  const folders: Readonly<Record<RemapKey, readonly (string | undefined)[]>> = {
    workspace: [places.workspace, places.targetFolder],
    registry: [path.join(places.cargoHome, "registry/src")],
    git: [path.join(places.cargoHome, "git/checkouts")],
    rustup: [places.rustupHome, places.sysroot],
  };
  const remaps = new Map<string, string>();
  for (const key of keys) {
    for (const folder of folders[key]) {
      if (folder === undefined) continue;
      remaps.set(folder, REMAP_NAMES[key]);
      remaps.set(resolveLinks(folder), REMAP_NAMES[key]);
    }
  }
  return [...remaps].map(([from, to]) => ({ from, to })).sort((a, b) => a.from.length - b.from.length);
}

export function remapFlags(remaps: readonly Remap[]): string[] {
  return remaps.map(({ from, to }) => `--remap-path-prefix=${from}=${to}`);
}

export function prefixMapFlags(remaps: readonly Remap[]): string[] {
  return remaps.map(({ from, to }) => `-ffile-prefix-map=${from}=${to}`);
}

function resolveLinks(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder; // It does not exist yet: cargo creates its registry when it first needs it.
  }
}
