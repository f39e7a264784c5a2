import { existsSync, globSync, statSync } from "node:fs";
import path from "node:path";
import { Fault } from "@release-actions/report";
import { readText } from "@release-actions/text";
import {
  atPath,
  entryOf,
  readToml,
  stringsOf,
  stringValue,
  type TomlDocument,
  type TomlNode,
  tableOf,
} from "@release-actions/toml";
import { ancestors } from "./ancestors.ts";
import { CargoError } from "./fault.ts";
import { type LockFile, parseLock } from "./lock.ts";

export interface Crate {
  readonly name: string;
  /** Absolute. */
  readonly folder: string;
  readonly manifest: TomlDocument;
}

export interface Workspace {
  /** The folder of the root manifest, absolute. */
  readonly root: string;
  /** The root manifest; it may be a crate at the same time. */
  readonly manifest: TomlDocument;
  readonly crates: readonly Crate[];
  readonly lock: LockFile | undefined;
}

export interface ReadingOptions {
  /** Treats the folder as the root of the workspace, whatever is above it. */
  readonly isRoot?: boolean;
  /** Called with the error of a crate or lock file that cannot be read and is left out. If not set, the error is thrown. */
  readonly leaveOut?: (fault: Fault) => void;
}

/**
 * Reads the workspace that a folder belongs to, without starting cargo. Messages and locations name files relative to
 * `shownFrom`, or by their absolute paths without it.
 */
export function readWorkspace(cwd: string, shownFrom?: string, options: ReadingOptions = {}): Workspace {
  const reader = new WorkspaceReader(shownFrom, options.leaveOut);
  const root = options.isRoot === true ? path.resolve(cwd) : findRoot(path.resolve(cwd), reader);
  const manifest = reader.manifest(root);
  const lock = reader.attempt(() => reader.lock(root));
  return { root, manifest, crates: findCrates(root, manifest, reader), lock };
}

/** A field of a crate's `[package]`, taken from `[workspace.package]` where it says `workspace = true`. */
export function packageField(workspace: Workspace, crate: Crate, field: string): TomlNode | undefined {
  const own = atPath(crate.manifest.root, ["package", field]);
  return own?.kind === "table" ? atPath(workspace.manifest.root, ["workspace", "package", field]) : own;
}

class WorkspaceReader {
  readonly #known = new Map<string, TomlDocument>();
  readonly #shownFrom: string | undefined;
  readonly #leaveOut: ReadingOptions["leaveOut"];

  constructor(shownFrom: string | undefined, leaveOut: ReadingOptions["leaveOut"]) {
    this.#shownFrom = shownFrom;
    this.#leaveOut = leaveOut;
  }

  /** The result of `read`; undefined if it failed and may be left out. */
  attempt<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (this.#leaveOut === undefined || !(error instanceof Fault)) throw error;
      this.#leaveOut(error);
      return undefined;
    }
  }

  has(folder: string): boolean {
    return this.#known.has(folder) || existsSync(path.join(folder, "Cargo.toml"));
  }

  manifest(folder: string): TomlDocument {
    const known = this.#known.get(folder);
    if (known !== undefined) return known;
    const file = path.join(folder, "Cargo.toml");
    const document = readToml(file, this.#shown(file));
    this.#known.set(folder, document);
    return document;
  }

  lock(folder: string): LockFile | undefined {
    const file = path.join(folder, "Cargo.lock");
    return existsSync(file) ? parseLock(readText(file, this.#shown(file)), this.#shown(file)) : undefined;
  }

  #shown(file: string): string {
    return this.#shownFrom === undefined ? file : path.relative(this.#shownFrom, file);
  }
}

function findRoot(cwd: string, reader: WorkspaceReader): string {
  let nearest: string | undefined;
  for (const folder of ancestors(cwd)) {
    if (!reader.has(folder)) continue;
    const { root } = reader.manifest(folder);
    if (tableOf(root, "workspace") !== undefined) return folder;
    const named = nearest === undefined ? stringValue(tableOf(root, "package"), "workspace") : undefined;
    if (named !== undefined) return path.resolve(folder, named);
    nearest ??= folder;
  }
  if (nearest !== undefined) return nearest;
  throw new CargoError(`there is no Cargo.toml in ${cwd} or above it`, {
    advice: "Set `working-directory` to the folder of the workspace.",
  });
}

/** The members that the manifest names or matches, and the path dependencies below the root, which cargo adds. */
function findCrates(root: string, manifest: TomlDocument, reader: WorkspaceReader): Crate[] {
  const table = tableOf(manifest.root, "workspace");
  const excluded = stringsOf(table, "exclude").map((entry) => path.resolve(root, entry.value));
  const queue = tableOf(manifest.root, "package") === undefined ? [] : [root];
  for (const { value, location } of stringsOf(table, "members")) {
    const folders = expandMember(root, value, reader);
    if (folders.length === 0 && !/[*?[]/.test(value)) {
      reader.attempt(() => {
        const message = `${location.file}:${location.line}: the workspace member "${value}" has no Cargo.toml`;
        throw new CargoError(message, { location });
      });
    }
    queue.push(...folders);
  }
  const crates = new Map<string, Crate>();
  for (const folder of queue) {
    if (crates.has(folder) || excluded.some((each) => isInside(each, folder))) continue;
    const crate = reader.attempt(() => readCrate(folder, reader));
    if (crate === undefined) continue;
    crates.set(folder, crate);
    const local = pathDependencies(crate.manifest.root, folder, table, root);
    queue.push(...local.filter((each) => isInside(root, each) && reader.has(each)));
  }
  return [...crates.values()].sort((a, b) => (a.folder < b.folder ? -1 : 1));
}

function readCrate(folder: string, reader: WorkspaceReader): Crate {
  const manifest = reader.manifest(folder);
  const name = stringValue(tableOf(manifest.root, "package"), "name");
  if (name !== undefined) return { name, folder, manifest };
  throw new CargoError(`${manifest.file} is a member of the workspace but has no package.name`, {
    location: { file: manifest.file, line: 1 },
  });
}

function expandMember(root: string, pattern: string, reader: WorkspaceReader): string[] {
  const found = /[*?[]/.test(pattern) ? globSync(pattern, { cwd: root }) : [pattern];
  return found
    .map((each) => path.resolve(root, each))
    .filter((each) => reader.has(each) && statSync(each).isDirectory());
}

const DEPENDENCY_TABLES = ["dependencies", "dev-dependencies", "build-dependencies"];

function pathDependencies(node: TomlNode, folder: string, workspace: TomlNode | undefined, root: string): string[] {
  const targets = [...(tableOf(node, "target")?.entries.values() ?? [])];
  return [node, ...targets].flatMap((holder) =>
    DEPENDENCY_TABLES.flatMap((name) =>
      [...(tableOf(holder, name)?.entries ?? [])].flatMap(([key, dependency]) => {
        const own = stringValue(dependency, "path");
        if (own !== undefined) return [path.resolve(folder, own)];
        if (entryOf(dependency, "workspace") === undefined) return [];
        const inherited = stringValue(tableOf(tableOf(workspace, "dependencies"), key), "path");
        return inherited === undefined ? [] : [path.resolve(root, inherited)];
      }),
    ),
  );
}

function isInside(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return !relative.startsWith("..") && !path.isAbsolute(relative);
}
