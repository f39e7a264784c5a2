import { readdirSync } from "node:fs";
import path from "node:path";
import { type Dockerfile, parseDockerfile } from "@release-actions/dockerfile";
import { Fault } from "@release-actions/report";
import { createLocator, type Locator, readText } from "@release-actions/text";
import { parseToml, type TomlDocument } from "@release-actions/toml";
import { parseYaml, type YamlFile } from "./yaml-file.ts";

/** Folders without sources of this repository. */
const SKIPPED = new Set([".git", ".jj", "node_modules", "target", "vendor", "dist", ".venv"]);

/** Files in the root that cargo needs in order to start. */
const ESSENTIAL = /^(Cargo\.(toml|lock)|rust-toolchain(\.toml)?|\.cargo\/config(\.toml)?)$/;

export interface LeftOut {
  readonly fault: Fault;
  /** Whether nothing can be built without the file. */
  readonly isEssential: boolean;
}

/** The files of a repository. Each is read and parsed once. Names are relative to the root and use slashes. */
export class Repository {
  readonly root: string;
  /** The files that could not be read, by name, with the reason. */
  readonly unread = new Map<string, LeftOut>();
  readonly #parsed = new Map<string, unknown>();
  #names: readonly string[] | undefined;

  constructor(root: string) {
    this.root = path.resolve(root);
  }

  /** All files except those in submodules and build folders. Links are not followed. */
  get names(): readonly string[] {
    this.#names ??= listFiles(this.root, "").sort();
    return this.#names;
  }

  has(name: string): boolean {
    return this.names.includes(name);
  }

  matching(pattern: RegExp): readonly string[] {
    return this.names.filter((name) => pattern.test(name));
  }

  /** The result of `read` for a file. A file that cannot be read is recorded in `unread` and skipped from then on. */
  attempt<T>(name: string, read: (name: string) => T): T | undefined {
    if (this.unread.has(name)) return undefined;
    try {
      return read(name);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.leaveOut(name, error, ESSENTIAL.test(name));
      return undefined;
    }
  }

  leaveOut(name: string, fault: Fault, isEssential: boolean): void {
    this.unread.set(name, { fault, isEssential: isEssential || this.unread.get(name)?.isEssential === true });
  }

  /** The results of `read` for all files with a matching name, joined. Files that cannot be read are skipped. */
  readable<T>(pattern: RegExp, read: (name: string) => readonly T[]): T[] {
    return this.matching(pattern).flatMap((name) => this.attempt(name, read) ?? []);
  }

  text(name: string): string {
    return this.#once(`text ${name}`, () => readText(path.join(this.root, name), name));
  }

  locator(name: string): Locator {
    return this.#once(`lines ${name}`, () => createLocator(this.text(name), name));
  }

  toml(name: string): TomlDocument {
    return this.#once(`toml ${name}`, () => parseToml(this.text(name), name));
  }

  yaml(name: string): YamlFile {
    return this.#once(`yaml ${name}`, () => parseYaml(this.text(name), name));
  }

  dockerfile(name: string): Dockerfile {
    return this.#once(`docker ${name}`, () => parseDockerfile(this.text(name), name));
  }

  #once<T>(key: string, make: () => T): T {
    if (!this.#parsed.has(key)) this.#parsed.set(key, make());
    return this.#parsed.get(key) as T; // Each key is always used with the same function, so the cached value has this type.
  }
}

function listFiles(root: string, folder: string): string[] {
  const found: string[] = [];
  const entries = readdirSync(path.join(root, folder), { withFileTypes: true });
  if (folder !== "" && entries.some((entry) => entry.name === ".git")) return found;
  for (const entry of entries) {
    const name = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isFile()) found.push(name);
    else if (entry.isDirectory() && !SKIPPED.has(entry.name)) found.push(...listFiles(root, name));
  }
  return found;
}
