import { ArchiveError } from "./error.ts";

/** The longest path that Linux accepts. */
export const MAX_PATH_BYTES = 4096;

/** Decodes a name that must be UTF-8: with a guessed encoding, two readers could see different names. */
export function decodeName(bytes: Uint8Array, offset: number): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new ArchiveError("unsafe-name", "a member's name is not UTF-8", offset, { cause });
  }
}

/**
 * Accepts only a relative path that means the same on every system, and normalizes it: without `./` at its
 * start and `/` at its end. The archive's root (`.` or `./`) becomes an empty string.
 */
export function canonicalPath(name: string, offset: number): string {
  const refuse = (why: string): ArchiveError => new ArchiveError("unsafe-name", `${quote(name)} ${why}`, offset);
  if (name === "") throw refuse("has an empty name");
  if (Buffer.byteLength(name) > MAX_PATH_BYTES) throw refuse(`has a name of more than ${MAX_PATH_BYTES} bytes`);
  if (hasControlCharacter(name)) throw refuse("has a control character in its name");
  if (name.includes("\\")) throw refuse("has a backslash in its name");
  if (name.startsWith("/") || /^[A-Za-z]:/.test(name)) throw refuse("has an absolute path");
  const path = name.replace(/^\.\//, "").replace(/\/$/, "");
  if (path === "" || path === ".") return "";
  for (const part of path.split("/")) {
    if (part === "..") throw refuse("would leave the archive");
    if (part === "" || part === ".") throw refuse("has an empty or `.` part in its path");
  }
  return path;
}

/** The target of a symbolic link at `path`, as a path in the archive; refuses a target outside of it. */
export function resolveLink(path: string, target: string, offset: number): string {
  const refuse = (): ArchiveError =>
    new ArchiveError("unsafe-name", `the link ${quote(path)} points outside, to ${quote(target)}`, offset);
  if (target === "" || target.startsWith("/") || target.includes("\\") || hasControlCharacter(target)) throw refuse();
  const parts = path.split("/").slice(0, -1);
  for (const part of target.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) throw refuse();
  }
  if (parts.length === 0) throw refuse();
  return parts.join("/");
}

/** The paths of one archive. Refuses a path that would collide with another one on some file system. */
export class PathSet {
  readonly #known = new Map<string, { readonly path: string; readonly isFolder: boolean }>();

  add(path: string, kind: "folder" | "leaf", offset: number): void {
    const parts = path.split("/");
    for (let depth = 1; depth < parts.length; depth += 1) {
      this.#add(parts.slice(0, depth).join("/"), true, offset);
    }
    this.#add(path, kind === "folder", offset);
  }

  #add(path: string, isFolder: boolean, offset: number): void {
    const key = foldCase(path);
    const known = this.#known.get(key);
    this.#known.set(key, { path, isFolder });
    if (known === undefined) return;
    const collide = (as: string): ArchiveError => collision(known.path, path, as, offset);
    if (isFolder && !known.isFolder) throw collide("a file or link and as a folder");
    if (!isFolder && known.isFolder) throw collide("a folder and as a file or link");
    if (known.path !== path) throw collide(isFolder ? "one folder on some systems" : "one file");
    if (!isFolder) throw collide("two members");
  }
}

/** Folds names that are equal on some systems: NFC and NFD on macOS, upper and lower case on macOS and Windows. */
function foldCase(path: string): string {
  return path.normalize("NFC").toUpperCase().toLowerCase();
}

function collision(first: string, second: string, as: string, offset: number): ArchiveError {
  const names = first === second ? quote(first) : `${quote(first)} and ${quote(second)}`;
  return new ArchiveError("unsafe-name", `${names} would become ${as}`, offset);
}

function hasControlCharacter(text: string): boolean {
  // Control characters could end a string early, move the cursor, or start a workflow command in a log.
  return /\p{Cc}/u.test(text);
}

/** A name for a message: short, on one line. */
export function quote(name: string): string {
  return JSON.stringify(name.length > 200 ? `${name.slice(0, 200)}…` : name);
}
