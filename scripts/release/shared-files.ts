import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { listFiles } from "./checksums.ts";

/** The folder of a release with what several bundles have alike, each file below the digest of its content. */
const SHARED_FOLDER = "shared";

/** Below this, in bytes, a copy costs less than a reference to another place. */
const SMALLEST = 2048;

/** A part of a bundle that it loads when needed, as ncc names them. */
const CHUNK = /\/\d+\.index\.js$/;

/**
 * Puts each file that stands in several bundles of a tree in one place. A part of a bundle becomes a line that
 * exports the shared one; another file, such as a native addon, is found where it is: the bundler writes its path
 * as `<folder of the bundle> + "<name>"`.
 */
export function shareFiles(tree: string): void {
  // Files that are referred to come first: that changes the parts, which may be alike only then.
  for (const copies of repeated(tree, (file) => !isProgram(file) && !CHUNK.test(file))) {
    const shared = moveToShared(tree, copies);
    for (const file of copies) pointPartsTo(tree, file, shared);
  }
  for (const copies of repeated(tree, (file) => CHUNK.test(file))) {
    const shared = moveToShared(tree, copies);
    for (const file of copies) writeFileSync(path.join(tree, file), `export * from "${from(file, shared)}";\n`);
  }
}

/** The files that stand in several places, grouped by content. */
function repeated(tree: string, isWanted: (file: string) => boolean): string[][] {
  const groups = new Map<string, string[]>();
  for (const file of listFiles(tree)) {
    if (!/^[^/]+\/dist\//.test(file) || !isWanted(file) || statSync(path.join(tree, file)).size < SMALLEST) continue;
    const key = `${digest(tree, file)} ${path.basename(file)}`;
    groups.set(key, [...(groups.get(key) ?? []), file]);
  }
  return [...groups.values()].filter((copies) => copies.length > 1);
}

/** What the runner starts, and what describes a bundle, stay where they are. */
function isProgram(file: string): boolean {
  return ["index.js", "package.json", "licenses.txt"].includes(path.basename(file));
}

function moveToShared(tree: string, [first = "", ...others]: readonly string[]): string {
  const shared = `${SHARED_FOLDER}/${digest(tree, first).slice(0, 16)}/${path.basename(first)}`;
  mkdirSync(path.dirname(path.join(tree, shared)), { recursive: true });
  // Parts are modules, as the bundles' own package.json says.
  writeFileSync(path.join(tree, SHARED_FOLDER, "package.json"), '{\n  "type": "module"\n}\n');
  renameSync(path.join(tree, first), path.join(tree, shared));
  for (const file of others) rmSync(path.join(tree, file));
  return shared;
}

/** Rewrites the path of a file that was moved, in all parts of the bundle that it belonged to. */
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
