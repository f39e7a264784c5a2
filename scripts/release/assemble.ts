import { cpSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { CHECKSUMS_FILE, checksums, listFiles } from "./checksums.ts";
import { pinDocumentation, pinSelfReferences, type References, type ReleasedAs, selfReferences } from "./references.ts";
import { Refusal } from "./refusal.ts";
import { shareFiles } from "./shared-files.ts";

/** The files of an action that its users need in addition to the bundle. */
const ACTION_FILES = ["action.yml", "README.md", "CHANGELOG.md"];
const ROOT_FILES = ["README.md", "CHANGELOG.md", "LICENSE", "SECURITY.md", "action-index.md"];

export interface TreeOptions {
  /** How references to other actions are written; `self` by default. */
  readonly references?: References;
  /** The actions to include; all by default. */
  readonly names?: readonly string[];
}

/**
 * Writes the files of a release from a clone whose bundles are built: each action as a top-level folder;
 * `actions/<name>/action.yml`, so that workflows and composite actions can refer to the action as in the sources
 * (`$/actions/<name>`); the unchanged workflows; the pages; one copy of the files that bundles share; and the checksums.
 *
 * @throws Refusal when one of the actions is not built
 */
export function assembleTree(clone: string, folder: string, released: ReleasedAs, options: TreeOptions = {}): void {
  const { references = "self", names = actionNames(clone) } = options;
  const point = (yaml: string): string => (references === "self" ? yaml : pinSelfReferences(yaml, released));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of names) assembleAction(clone, folder, name, point);
  for (const file of globSync(".github/workflows/*.{yml,yaml}", { cwd: clone }).sort()) {
    write(path.join(folder, file), point(readFileSync(path.join(clone, file), "utf8")));
  }
  for (const name of ROOT_FILES.filter((file) => existsSync(path.join(clone, file)))) {
    write(path.join(folder, name), readFileSync(path.join(clone, name), "utf8"));
  }
  finishTree(clone, folder, released);
}

/** Writes the files for the tag `<name>/v1.4.2`: one action and the actions that it uses. */
export function assembleActionTree(clone: string, folder: string, name: string, released: ReleasedAs): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const each of withSiblings(clone, name)) assembleAction(clone, folder, each, (yaml) => yaml);
  cpSync(path.join(clone, "LICENSE"), path.join(folder, "LICENSE"));
  finishTree(clone, folder, released);
}

/** The names of all actions, in code-unit order. */
export function actionNames(clone: string): string[] {
  return globSync("actions/*/action.yml", { cwd: clone })
    .map((file) => path.basename(path.dirname(file)))
    .sort();
}

/** An action and all actions that it uses directly or indirectly, each once. */
function withSiblings(clone: string, name: string, found: string[] = []): string[] {
  if (found.includes(name)) return found;
  found.push(name);
  for (const place of selfReferences(readFileSync(path.join(clone, "actions", name, "action.yml"), "utf8"))) {
    withSiblings(clone, path.posix.relative("actions", place), found);
  }
  return found;
}

function finishTree(clone: string, folder: string, released: ReleasedAs): void {
  pinPages(clone, folder, released);
  shareFiles(folder);
  write(path.join(folder, CHECKSUMS_FILE), checksums(folder));
}

function assembleAction(clone: string, folder: string, name: string, point: (yaml: string) => string): void {
  const source = path.join(clone, "actions", name);
  const target = path.join(folder, name);
  for (const file of [...ACTION_FILES, ...extraFiles(source)]) {
    const from = path.join(source, file);
    if (!existsSync(from)) continue;
    const text = readFileSync(from, "utf8");
    write(path.join(target, file), file === "action.yml" ? point(text) : text);
  }
  const contract = readFileSync(path.join(target, "action.yml"), "utf8");
  for (const program of programs(parse(contract))) {
    if (!existsSync(path.join(source, program)))
      throw new Refusal(`${name} starts ${program}, which the build did not make`);
  }
  const dist = path.join(source, "dist");
  if (existsSync(dist)) cpSync(dist, path.join(target, "dist"), { recursive: true });
  write(path.join(folder, "actions", name, "action.yml"), startedFromTop(contract, name));
}

/** Rewrites the action.yml for `actions/<name>`, since the bundle is in the top-level folder. */
function startedFromTop(contract: string, name: string): string {
  return contract.replace(/^(\s+(?:pre|main|post):\s*["']?)(?=dist\/)/gm, `$1../../${name}/`);
}

/** Rewrites the links in the pages. It runs last, when all files that a link may lead to exist. */
function pinPages(clone: string, folder: string, released: ReleasedAs): void {
  const isReleased = (file: string): boolean => existsSync(path.join(folder, file));
  for (const file of listFiles(folder).filter((name) => name.endsWith(".md"))) {
    const source = existsSync(path.join(clone, "actions", file)) ? `actions/${file}` : file;
    const text = readFileSync(path.join(folder, file), "utf8");
    write(path.join(folder, file), pinDocumentation(text, { source, released: file }, released, isReleased));
  }
}

/** Files of an action that its package.json lists under `files`, such as the schema of what it reads. */
function extraFiles(source: string): string[] {
  const manifest: unknown = JSON.parse(readFileSync(path.join(source, "package.json"), "utf8"));
  const files = typeof manifest === "object" && manifest !== null && "files" in manifest ? manifest.files : [];
  return Array.isArray(files) ? files.filter((file) => typeof file === "string") : [];
}

/** The entry points that the runner starts: `runs.pre`, `runs.main`, `runs.post`. */
function programs(description: unknown): string[] {
  const runs = typeof description === "object" && description !== null && "runs" in description ? description.runs : {};
  return Object.entries(Object(runs))
    .filter(([key]) => ["pre", "main", "post"].includes(key))
    .map(([, value]) => String(value));
}

function write(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}
