import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** A module in webpack's stats (webpack.js.org/api/stats, "Module Objects"); concatenated ones are nested. */
export interface StatsModule {
  /** Null for modules that are not files. */
  readonly nameForCondition?: string | null;
  readonly modules?: readonly StatsModule[];
  /** The module is in no chunk, because tree shaking removed it. */
  readonly orphan?: boolean;
}

/**
 * The licences of all npm packages in a bundle, sorted by name. They come from the bundler's own list of modules, because
 * ncc's `--license` misses concatenated modules, which are the majority.
 */
export function bundledLicenses({ modules }: { readonly modules: readonly StatsModule[] }): string {
  const folders = new Set(
    modules
      .flatMap(filesOf)
      .map(packageFolder)
      .filter((folder) => folder !== undefined),
  );
  const entries = new Map([...folders].map((folder): [string, string] => licenseEntry(folder)));
  const sorted = [...entries].sort(([one], [other]) => (one < other ? -1 : 1));
  return sorted.map(([, text]) => text).join("\n\n----\n\n");
}

function filesOf({ nameForCondition, modules = [], orphan = false }: StatsModule): string[] {
  if (orphan) return [];
  return [...(typeof nameForCondition !== "string" ? [] : [nameForCondition]), ...modules.flatMap(filesOf)];
}

/** The folder of the innermost package in `node_modules` that contains the file. */
function packageFolder(file: string): string | undefined {
  return /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file.replaceAll(path.sep, "/"))?.[0];
}

function licenseEntry(folder: string): [key: string, text: string] {
  const { name, version, license }: Record<string, string> = JSON.parse(
    readFileSync(path.join(folder, "package.json"), "utf8"),
  );
  const file = readdirSync(folder).find((entry) => /^licen[cs]e(\.(md|txt))?$/i.test(entry));
  const text = file === undefined ? "" : `\n\n${readFileSync(path.join(folder, file), "utf8").trim()}`;
  return [`${name}@${version}`, `${name} ${version} (${license ?? "see below"})${text}`];
}
