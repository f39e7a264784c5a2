import { cpSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { isMap, parse, parseDocument } from "yaml";
import { CHECKSUMS_FILE, checksums, listFiles } from "./checksums.ts";
import { pinDocumentation, pinOwnReferences, type ReleasedAs } from "./references.ts";
import { Refusal } from "./refusal.ts";

/** What a user of an action needs beside its bundle. */
const ACTION_FILES = ["action.yml", "README.md", "CHANGELOG.md"];
const ROOT_FILES = ["README.md", "CHANGELOG.md", "LICENSE", "action-index.md"];

/**
 * Lays out a release: each action as a top-level folder, the workflows others may call, the pages
 * about them, and the checksums of all that. Starts from a clone whose bundles are built.
 *
 * @param names the actions to take, all of them by default
 * @throws Refusal when one of them is not built
 */
export function assembleTree(clone: string, folder: string, released: ReleasedAs, names?: readonly string[]): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const file of globSync("actions/*/action.yml", { cwd: clone }).sort()) {
    const source = path.dirname(path.join(clone, file));
    if (names?.includes(path.basename(source)) === false) continue;
    assembleAction(source, path.join(folder, path.basename(source)), released);
  }
  for (const file of globSync(".github/workflows/*.{yml,yaml}", { cwd: clone }).sort()) {
    const text = readFileSync(path.join(clone, file), "utf8");
    if (isCallable(text)) write(path.join(folder, file), pinOwnReferences(text, released));
  }
  for (const name of ROOT_FILES.filter((file) => existsSync(path.join(clone, file)))) {
    write(path.join(folder, name), readFileSync(path.join(clone, name), "utf8"));
  }
  pinPages(clone, folder, released);
  write(path.join(folder, CHECKSUMS_FILE), checksums(folder));
}

function assembleAction(source: string, target: string, released: ReleasedAs): void {
  const description: unknown = parse(readFileSync(path.join(source, "action.yml"), "utf8"));
  for (const file of [...ACTION_FILES, ...extraFiles(source)]) {
    const from = path.join(source, file);
    if (!existsSync(from)) continue;
    const text = readFileSync(from, "utf8");
    write(path.join(target, file), file === "action.yml" ? pinOwnReferences(text, released) : text);
  }
  for (const program of programs(description)) {
    if (!existsSync(path.join(source, program))) {
      throw new Refusal(`${path.basename(source)} starts ${program}, which the build did not make`);
    }
  }
  const dist = path.join(source, "dist");
  if (existsSync(dist)) cpSync(dist, path.join(target, "dist"), { recursive: true });
}

/** Rewrites the pages last, when it is known what a link can lead to. */
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

/** Our own CI and publishing stay behind: only workflows with `on: workflow_call` are for others. */
function isCallable(text: string): boolean {
  const on = parseDocument(text).get("on");
  return isMap(on) && on.has("workflow_call");
}

function write(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}
