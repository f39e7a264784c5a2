import { existsSync, globSync, statSync } from "node:fs";
import path from "node:path";
import { Fault } from "@release-actions/report";
import { readText } from "@release-actions/text";
import {
  entryOf,
  parseToml,
  stringsOf,
  stringValue,
  type TomlDocument,
  type TomlNode,
  tableOf,
} from "@release-actions/toml";
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
  const reader = new ManifestReader(shownFrom);
  const root = options.isRoot === true ? path.resolve(cwd) : findRoot(path.resolve(cwd), reader);
  const manifest = reader.read(root);
  const lockFile = path.join(root, "Cargo.lock");
  const shown = shownName(lockFile, shownFrom);
  const attempt = <T>(read: () => T): T | undefined => attemptTo(read, options.leaveOut);
  const lock = existsSync(lockFile) ? attempt(() => parseLock(readText(lockFile, shown), shown)) : undefined;
  return { root, manifest, crates: findCrates(root, manifest, reader, attempt), lock };
}

type Attempt = <T>(read: () => T) => T | undefined;

function attemptTo<T>(read: () => T, leaveOut: ReadingOptions["leaveOut"]): T | undefined {
  try {
    return read();
  } catch (error) {
    if (leaveOut === undefined || !(error instanceof Fault)) throw error;
    leaveOut(error);
    return undefined;
  }
}

/** A field of a crate's `[package]`, taken from `[workspace.package]` where it says `workspace = true`. */
export function packageField(workspace: Workspace, crate: Crate, field: string): TomlNode | undefined {
  const own = entryOf(tableOf(crate.manifest.root, "package"), field);
  if (own?.kind !== "table") return own;
  return entryOf(tableOf(tableOf(workspace.manifest.root, "workspace"), "package"), field);
}

class ManifestReader {
  readonly #known = new Map<string, TomlDocument>();
  readonly #shownFrom: string | undefined;

  constructor(shownFrom: string | undefined) {
    this.#shownFrom = shownFrom;
  }

  has(folder: string): boolean {
    return this.#known.has(folder) || existsSync(path.join(folder, "Cargo.toml"));
  }

  read(folder: string): TomlDocument {
    const known = this.#known.get(folder);
    if (known !== undefined) return known;
    const file = path.join(folder, "Cargo.toml");
    const shown = shownName(file, this.#shownFrom);
    const document = parseToml(readText(file, shown), shown);
    this.#known.set(folder, document);
    return document;
  }
}

function shownName(file: string, shownFrom: string | undefined): string {
  return shownFrom === undefined ? file : path.relative(shownFrom, file);
}

function findRoot(cwd: string, reader: ManifestReader): string {
  let nearest: string | undefined;
  for (let folder = cwd; ; folder = path.dirname(folder)) {
    if (reader.has(folder)) {
      const { root } = reader.read(folder);
      if (tableOf(root, "workspace") !== undefined) return folder;
      const named = nearest === undefined ? stringValue(tableOf(root, "package"), "workspace") : undefined;
      if (named !== undefined) return path.resolve(folder, named);
      nearest ??= folder;
    }
    if (folder === path.dirname(folder)) break;
  }
  if (nearest !== undefined) return nearest;
  throw new CargoError(`there is no Cargo.toml in ${cwd} or above it`, {
    advice: "Set `working-directory` to the folder of the workspace.",
  });
}

/** The members that the manifest names or matches, and the path dependencies below the root, which cargo adds. */
function findCrates(root: string, manifest: TomlDocument, reader: ManifestReader, attempt: Attempt): Crate[] {
  const table = tableOf(manifest.root, "workspace");
  const excluded = stringsOf(table, "exclude").map((entry) => path.resolve(root, entry.value));
  const queue = tableOf(manifest.root, "package") === undefined ? [] : [root];
  for (const { value, location } of stringsOf(table, "members")) {
    const folders = expandMember(root, value, reader);
    if (folders.length === 0 && !/[*?[]/.test(value)) {
      attempt(() => {
        const message = `${location.file}:${location.line}: the workspace member "${value}" has no Cargo.toml`;
        throw new CargoError(message, { location });
      });
    }
    queue.push(...folders);
  }
  const crates = new Map<string, Crate>();
  for (const folder of queue) {
    if (crates.has(folder) || excluded.some((each) => isInside(each, folder))) continue;
    const crate = attempt(() => readCrate(folder, reader));
    if (crate === undefined) continue;
    const document = crate.manifest;
    crates.set(folder, crate);
    const local = pathDependencies(document.root, folder, table, root);
    queue.push(...local.filter((each) => isInside(root, each) && reader.has(each)));
  }
  return [...crates.values()].sort((a, b) => (a.folder < b.folder ? -1 : 1));
}

function readCrate(folder: string, reader: ManifestReader): Crate {
  const manifest = reader.read(folder);
  const name = stringValue(tableOf(manifest.root, "package"), "name");
  if (name !== undefined) return { name, folder, manifest };
  throw new CargoError(`${manifest.file} is a member of the workspace but has no package.name`, {
    location: { file: manifest.file, line: 1 },
  });
}

function expandMember(root: string, pattern: string, reader: ManifestReader): string[] {
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
