import { glob, stat } from "node:fs/promises";
import path from "node:path";
import {
  atPath,
  readToml,
  type StringEntry,
  stringsOf,
  stringValue,
  type TomlDocument,
  tableOf,
} from "@release-actions/toml";

/** The targets in cargo-dist's configuration. */
export interface DistConfig {
  /** The workspace's configuration file, relative to the workspace. */
  readonly file: string;
  /** `cargo-dist-version`. */
  readonly distVersion: string | undefined;
  readonly targets: readonly StringEntry[];
  /** The targets of apps that declare their own; these replace the workspace's. */
  readonly ofApps: ReadonlyMap<string, readonly StringEntry[]>;
}

/** The places where cargo-dist looks for the workspace's configuration, in its order (its book, "Configuration"). */
const PLACES = ["dist-workspace.toml", "dist.toml", "Cargo.toml"] as const;
/** Folders without packages of the workspace. */
const SKIPPED: readonly string[] = ["target", "node_modules", ".git"];

/** @param config the path from the input; undefined means the first of cargo-dist's own places that exists. */
export async function readDistConfig(workspace: string, config: string | undefined): Promise<DistConfig> {
  const file = config === undefined ? await firstOf(workspace) : path.relative(workspace, config);
  const document = readToml(path.join(workspace, file), file);
  const dist = distTable(document, file);
  return {
    file,
    distVersion: stringValue(dist, "cargo-dist-version"),
    targets: stringsOf(dist, "targets"),
    ofApps: await targetsOfApps(workspace),
  };
}

async function firstOf(workspace: string): Promise<string> {
  for (const file of PLACES) {
    const isFile = (await stat(path.join(workspace, file)).catch(() => undefined))?.isFile() === true;
    if (isFile && (file !== "Cargo.toml" || distTable(readToml(path.join(workspace, file), file), file) !== undefined))
      return file;
  }
  return PLACES[0];
}

/** The table `[dist]` of cargo-dist's own files; in a Cargo.toml, the metadata of the workspace or the only package. */
function distTable({ root }: TomlDocument, file: string): ReturnType<typeof tableOf> {
  if (path.basename(file) !== "Cargo.toml") return tableOf(root, "dist");
  return tableAt(root, "workspace") ?? tableAt(root, "package");
}

function tableAt(root: TomlDocument["root"], owner: "workspace" | "package"): ReturnType<typeof tableOf> {
  const metadata = atPath(root, [owner, "metadata"]);
  return metadata === undefined ? undefined : tableOf(metadata, "dist");
}

/** The targets in each package's `[package.metadata.dist]` or `dist.toml` (the only one for other languages). */
async function targetsOfApps(workspace: string): Promise<ReadonlyMap<string, readonly StringEntry[]>> {
  const found = new Map<string, readonly StringEntry[]>();
  const names = new Map<string, string>();
  const files: string[] = [];
  const exclude = (entry: string): boolean => SKIPPED.includes(path.basename(entry));
  for await (const file of glob("**/{Cargo,dist}.toml", { cwd: workspace, exclude })) files.push(file);
  // Read Cargo.toml before dist.toml: it has the package's name, and dist.toml overrides its targets.
  for (const file of files.sort()) {
    const document = readToml(path.join(workspace, file), file);
    const folder = path.dirname(file);
    const name = stringValue(tableOf(document.root, "package"), "name") ?? names.get(folder);
    if (name === undefined) continue;
    names.set(folder, name);
    const table =
      path.basename(file) === "Cargo.toml" ? tableAt(document.root, "package") : tableOf(document.root, "dist");
    const targets = stringsOf(table, "targets");
    if (targets.length > 0) found.set(name, targets);
  }
  return found;
}
