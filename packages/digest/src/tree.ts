import { type Dirent, lstatSync, readdirSync, readlinkSync } from "node:fs";
import path from "node:path";
import { DigestError } from "./algorithm.ts";

/** A file or symbolic link below a folder. `path` is relative to it, with `/` on every system. */
export type TreeEntry =
  | { readonly kind: "file"; readonly path: string; readonly size: number; readonly mode: number }
  | { readonly kind: "symlink"; readonly path: string; readonly target: string };

/** The order of every list that is written: by UTF-16 code unit, never by locale. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Lists all files and symbolic links below a folder for which `wanted` is true, sorted by path. Links are not followed,
 * folders have no entries of their own, and `mode` has the permission bits only. `leaveOut` is called with the absolute
 * path of each entry that cannot be hashed (a device, a socket, a name that is not UTF-8) and the reason.
 *
 * @throws DigestError for such an entry if there is no `leaveOut`
 */
export function listTree(
  root: string,
  wanted: (relative: string) => boolean = () => true,
  leaveOut: (full: string, why: string) => void = refuse,
): TreeEntry[] {
  const entries: TreeEntry[] = [];
  const folders = [""];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const item of readFolder(root, folder)) {
      const relative = folder === "" ? item.name : `${folder}/${item.name}`;
      if (!item.isDirectory() && !wanted(relative)) continue;
      // Not `path.join`, which allocates a dozen strings; there may be hundreds of thousands of files.
      const full = `${root}/${relative}`;
      const why = whyOdd(full, item);
      if (why !== undefined) leaveOut(path.normalize(full), why);
      else if (item.isDirectory()) folders.push(relative);
      else entries.push(treeEntry(full, relative, item));
    }
  }
  return entries.sort((a, b) => byCodeUnit(a.path, b.path));
}

function refuse(full: string, why: string): never {
  throw new DigestError(`${full} ${why}`);
}

/** Why an entry of a folder cannot be hashed; undefined if it can. */
function whyOdd(full: string, item: Dirent): string | undefined {
  // Node replaces each byte that is not UTF-8 with this character, but a valid name may contain it too.
  if (item.name.includes("\uFFFD") && lstatSync(full, { throwIfNoEntry: false }) === undefined)
    return "has a name that is not UTF-8, expected a name in UTF-8";
  const isKnown = item.isDirectory() || item.isFile() || item.isSymbolicLink();
  return isKnown ? undefined : "is neither a file, a folder nor a symbolic link";
}

/** Reads a single file or symbolic link as `listTree` of its folder would list it. */
export function readEntry(file: string): TreeEntry {
  const folder = path.dirname(file);
  const item = readFolder(folder, "").find(({ name }) => name === path.basename(file));
  if (item === undefined) throw new DigestError(`${file} does not exist`);
  const why = item.isDirectory() ? "is a folder" : whyOdd(file, item);
  if (why !== undefined) refuse(file, why);
  return treeEntry(file, item.name, item);
}

function readFolder(root: string, folder: string): Dirent[] {
  try {
    return readdirSync(path.join(root, folder), { withFileTypes: true });
  } catch (error) {
    throw new DigestError(`cannot list ${path.join(root, folder)}: ${String(error)}`, { cause: error });
  }
}

function treeEntry(full: string, relative: string, item: Dirent): TreeEntry {
  if (item.isSymbolicLink()) return { kind: "symlink", path: relative, target: readlinkSync(full) };
  const { size, mode } = lstatSync(full);
  return { kind: "file", path: relative, size, mode: mode & 0o7777 };
}
