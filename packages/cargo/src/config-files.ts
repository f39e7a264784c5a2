import { existsSync, realpathSync } from "node:fs";
import path from "node:path";
import { entryOf, isTrue, readToml, type TomlNode, type TomlTable } from "@release-actions/toml";
import { ancestors } from "./ancestors.ts";
import { ON_COMMAND_LINE, parseConfigArgument } from "./config-argument.ts";
import { mergeConfig } from "./config-merge.ts";
import { CargoError } from "./fault.ts";

/** Where to look for configuration files. */
export interface ConfigOptions {
  /** The working directory of cargo, which reads the configuration there and in every folder above. */
  readonly cwd: string;
  /** `$CARGO_HOME`, or `~/.cargo`. */
  readonly cargoHome: string;
  /** Files or `KEY=VALUE` lines that override all others, as with `cargo --config`; the later ones win. */
  readonly overrides?: readonly string[];
}

/** The merged configuration, and the files that it comes from. */
export interface CargoConfig {
  /** The absolute paths of the files read, in order of precedence; included files follow the one that includes them. */
  readonly files: readonly string[];
  /** All files merged. Every value and every item of a list has the file and line that it came from. */
  readonly root: TomlTable;
  /** Those of `files` that also override the environment, because they were named on the command line. */
  readonly overrides: ReadonlySet<string>;
  /** Warnings that cargo would print. */
  readonly warnings: readonly string[];
}

/** Finds, reads and merges configuration files as cargo 1.95 does. */
export function loadConfig(options: ConfigOptions): CargoConfig {
  const files: string[] = [];
  const warnings: string[] = [];
  // Resolve symbolic links, as the system does in the working directory of a process.
  const cwd = realPath(options.cwd);
  const first = (options.overrides ?? []).map((each) => loadOverride(each, cwd, files)).reverse();
  const overrides = new Set([...files, ON_COMMAND_LINE]);
  const found = configFolders({ ...options, cwd }).flatMap((folder) => configFile(folder, warnings) ?? []);
  const root = [...first, ...found.map((file) => loadFile(file, begin(files)))].reduce<TomlTable>(mergeConfig, EMPTY);
  return { files, root, overrides, warnings };
}

const EMPTY: TomlTable = { kind: "table", entries: new Map(), location: { file: "", line: 1 }, start: 0, end: 0 };

/** `.cargo` of the working directory and of every folder above, then CARGO_HOME unless it is one of them. */
function configFolders({ cwd, cargoHome }: ConfigOptions): string[] {
  const folders = ancestors(path.resolve(cwd)).map((folder) => path.join(folder, ".cargo"));
  return folders.some((folder) => realPath(folder) === realPath(cargoHome)) ? folders : [...folders, cargoHome];
}

function configFile(folder: string, warnings: string[]): string | undefined {
  const [plain, toml] = [path.join(folder, "config"), path.join(folder, "config.toml")];
  if (!existsSync(plain)) return existsSync(toml) ? toml : undefined;
  if (!existsSync(toml)) warnings.push(`${plain} has the deprecated name: rename it to config.toml`);
  // The documented way to serve old versions of cargo is to make one name a link to the other.
  else if (realPath(plain) !== realPath(toml))
    warnings.push(`both ${plain} and config.toml exist: cargo reads only the first`);
  return plain;
}

/**
 * Reads one configuration file of a repository with the files that it includes, but without those in parent folders and
 * in CARGO_HOME. Files are named relative to `shownFrom`.
 */
export function readConfigFile(file: string, shownFrom: string): TomlTable {
  return loadFile(path.resolve(file), begin([], shownFrom));
}

/** An argument of `--config` is a file if there is one of that name (`cli_args_as_table` in cargo's context/mod.rs). */
function loadOverride(argument: string, cwd: string, files: string[]): TomlTable {
  const file = path.resolve(cwd, argument);
  if (argument !== "" && existsSync(file)) return loadFile(file, begin(files));
  return withIncludes(parseConfigArgument(argument), path.join(cwd, ON_COMMAND_LINE), begin(files));
}

interface Loading {
  /** Every file that was read, in the order of reading. */
  readonly files: string[];
  readonly shownFrom: string | undefined;
  /** The files that are being read, the outermost first. */
  readonly parents: readonly string[];
  /** All files that the outermost file has included so far. */
  readonly seen: Set<string>;
}

function begin(files: string[], shownFrom?: string): Loading {
  return { files, shownFrom, parents: [], seen: new Set() };
}

function loadFile(file: string, loading: Loading): TomlTable {
  loading.files.push(file);
  loading.seen.add(file);
  const { root } = readToml(file, loading.shownFrom === undefined ? file : path.relative(loading.shownFrom, file));
  return withIncludes(root, file, loading);
}

function withIncludes(root: TomlTable, file: string, loading: Loading): TomlTable {
  const entries = new Map(root.entries);
  entries.delete("include");
  const inner = { ...loading, parents: [...loading.parents, file] };
  const included = includesOf(root).flatMap((include) => loadInclude(include, file, inner) ?? []);
  return included.reduce<TomlTable>(mergeConfig, { ...root, entries });
}

interface Include {
  readonly path: string;
  readonly optional: boolean;
  readonly node: TomlNode;
}

/** The included files in order of precedence: later ones override earlier ones, and the file itself overrides both. */
function includesOf(root: TomlTable): Include[] {
  const list = root.entries.get("include");
  if (list === undefined) return [];
  const refuse = (node: TomlNode): never => {
    throw new CargoError(
      `${node.location.file}:${node.location.line}: \`include\` takes a list of paths or of tables such as { path = "other.toml", optional = true }`,
      { location: node.location },
    );
  };
  if (list.kind !== "array") return refuse(list);
  const includes = list.items.map((node): Include => {
    const place = node.kind === "table" ? entryOf(node, "path") : node;
    if (place?.kind !== "string") return refuse(node);
    return { path: place.value, optional: isTrue(node, "optional"), node };
  });
  return includes.reverse();
}

function loadInclude(include: Include, from: string, loading: Loading): TomlTable | undefined {
  const { parents, seen } = loading;
  const { location } = include.node;
  const file = path.resolve(path.dirname(from), include.path);
  const where = `${location.file}:${location.line} includes ${include.path}`;
  if (!file.endsWith(".toml"))
    throw new CargoError(`${where}: cargo requires a path that ends with .toml`, { location });
  if (parents.includes(file)) {
    throw new CargoError(`${where}, which includes itself again: ${[...parents, file].join(" -> ")}`, { location });
  }
  if (seen.has(file)) {
    throw new CargoError(`${where}, which was included before: cargo refuses a file that is included twice`, {
      location,
    });
  }
  if (!existsSync(file)) {
    if (include.optional) return undefined;
    throw new CargoError(`${where}, which does not exist`, {
      location,
      advice: `Create it, or write { path = "${include.path}", optional = true }.`,
    });
  }
  return loadFile(file, loading);
}

function realPath(file: string): string {
  return existsSync(file) ? realpathSync(file) : path.resolve(file);
}
