import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

export const CHECKSUMS_FILE = "checksums.txt";

/** The relative paths of all files below a folder, with `/` as separator and in code-unit order. */
export function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join("/"))
    .sort();
}

/** The checksums of all files except the checksum file itself, in the format of `sha256sum`. */
export function checksums(folder: string): string {
  return listFiles(folder)
    .filter((file) => file !== CHECKSUMS_FILE)
    .map((file) => `${sha256(path.join(folder, file))}  ${file}\n`)
    .join("");
}

function sha256(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}
