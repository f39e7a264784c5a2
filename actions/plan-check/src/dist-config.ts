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

/** What cargo-dist's configuration says of targets. */
export interface DistConfig {
  /** The file that speaks for the workspace, relative to it. */
  readonly file: string;
  /** `cargo-dist-version`. */
  readonly distVersion: string | undefined;
  readonly targets: readonly StringEntry[];
  /** Of apps that declare their own, which take the place of the workspace's. */
  readonly ofApps: ReadonlyMap<string, readonly StringEntry[]>;
}

/** Where cargo-dist looks, in its order (its book, "Configuration": one of them speaks for the workspace). */
const PLACES = ["dist-workspace.toml", "dist.toml", "Cargo.toml"] as const;
/** Folders that hold no package of the workspace. */
const SKIPPED: readonly string[] = ["target", "node_modules", ".git"];

/** @param config the input: a path, or `undefined` for the first of cargo-dist's own places. */
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

/** `[dist]` in cargo-dist's own files; in a Cargo.toml the metadata of the workspace, or of the only package. */
function distTable({ root }: TomlDocument, file: string): ReturnType<typeof tableOf> {
  if (path.basename(file) !== "Cargo.toml") return tableOf(root, "dist");
  return tableAt(root, "workspace") ?? tableAt(root, "package");
}

function tableAt(root: TomlDocument["root"], owner: "workspace" | "package"): ReturnType<typeof tableOf> {
  const metadata = atPath(root, [owner, "metadata"]);
  return metadata === undefined ? undefined : tableOf(metadata, "dist");
}

/** A package's own `[package.metadata.dist]`, or a `dist.toml` beside it, or of a package that is not of Rust. */
async function targetsOfApps(workspace: string): Promise<ReadonlyMap<string, readonly StringEntry[]>> {
  const found = new Map<string, readonly StringEntry[]>();
  const names = new Map<string, string>();
  const files: string[] = [];
  const exclude = (entry: string): boolean => SKIPPED.includes(path.basename(entry));
  for await (const file of glob("**/{Cargo,dist}.toml", { cwd: workspace, exclude })) files.push(file);
  // Cargo.toml before dist.toml, so that the name is known and the latter has the last word.
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
