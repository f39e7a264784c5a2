import { accessSync, constants } from "node:fs";
import path from "node:path";

/** The absolute path of a program in a PATH. Relative entries are ignored, since they depend on the current folder. */
export function findProgram(name: string, searchPath: string | undefined): string | undefined {
  const folders = (searchPath ?? "").split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  const names = process.platform === "win32" ? [`${name}.exe`, `${name}.cmd`] : [name];
  return folders.flatMap((folder) => names.map((each) => path.join(folder, each))).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false; // Not in this folder.
  }
}
