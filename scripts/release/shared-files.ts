import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { listFiles } from "./checksums.ts";

/** The folder of a release for files that several bundles share. Each file is in a folder named by the digest of its content. */
const SHARED_FOLDER = "shared";

/** The smallest size in bytes of a file to share; below it a copy costs less than a reference. */
const SMALLEST = 2048;

/** ncc's names for the parts of a bundle that are loaded on demand. */
const CHUNK = /\/\d+\.index\.js$/;

/**
 * Moves each file that several bundles contain to one shared place. A part of a bundle is replaced by a line that exports
 * the shared part. For other files, such as native addons, the paths in the bundles are rewritten; the bundler writes them
 * as `<folder of the bundle> + "<name>"`.
 */
export function shareFiles(tree: string): void {
  // Other files come first: rewriting their paths changes the parts, which may become equal only then.
  for (const copies of repeated(tree, (file) => !isProgram(file) && !CHUNK.test(file))) {
    const shared = moveToShared(tree, copies);
    for (const file of copies) pointPartsTo(tree, file, shared);
  }
  for (const copies of repeated(tree, (file) => CHUNK.test(file))) {
    const shared = moveToShared(tree, copies);
    for (const file of copies) writeFileSync(path.join(tree, file), `export * from "${from(file, shared)}";\n`);
  }
}

/** The files that exist several times, grouped by content. */
function repeated(tree: string, isWanted: (file: string) => boolean): string[][] {
  const groups = new Map<string, string[]>();
  for (const file of listFiles(tree)) {
    if (!/^[^/]+\/dist\//.test(file) || !isWanted(file) || statSync(path.join(tree, file)).size < SMALLEST) continue;
    const key = `${digest(tree, file)} ${path.basename(file)}`;
    groups.set(key, [...(groups.get(key) ?? []), file]);
  }
  return [...groups.values()].filter((copies) => copies.length > 1);
}

/** Whether the file must stay in its bundle, because the runner starts it or it describes the bundle. */
function isProgram(file: string): boolean {
  return ["index.js", "package.json", "licenses.txt"].includes(path.basename(file));
}

function moveToShared(tree: string, [first = "", ...others]: readonly string[]): string {
  const shared = `${SHARED_FOLDER}/${digest(tree, first).slice(0, 16)}/${path.basename(first)}`;
  mkdirSync(path.dirname(path.join(tree, shared)), { recursive: true });
  // The parts are ES modules, so the shared folder needs a package.json that says so.
  writeFileSync(path.join(tree, SHARED_FOLDER, "package.json"), '{\n  "type": "module"\n}\n');
  renameSync(path.join(tree, first), path.join(tree, shared));
  for (const file of others) rmSync(path.join(tree, file));
  return shared;
}

/** Rewrites the path of a moved file in all parts of its bundle. */
function pointPartsTo(tree: string, file: string, shared: string): void {
  const folder = path.dirname(path.join(tree, file));
  const name = path.basename(file).replaceAll(".", "\\.");
  const reference = new RegExp(`(\\.ab\\s*\\+\\s*)(["'])${name}\\2`, "g");
  for (const part of listFiles(folder).filter((entry) => /\.c?js$/.test(entry) && !entry.includes("/"))) {
    const text = readFileSync(path.join(folder, part), "utf8");
    writeFileSync(path.join(folder, part), text.replace(reference, `$1"${from(file, shared)}"`));
  }
}

function from(file: string, shared: string): string {
  return path.posix.relative(path.posix.dirname(file), shared);
}

function digest(tree: string, file: string): string {
  return createHash("sha256")
    .update(readFileSync(path.join(tree, file)))
    .digest("hex");
}
