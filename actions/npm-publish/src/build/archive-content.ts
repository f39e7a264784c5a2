import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import type { PackageFile } from "@release-actions/npm";
import { unpackArchive } from "@release-actions/release-archive";
import type { ActionRunner } from "../action.gen.ts";

/** The wanted files of a release archive, by path. For a tar, the path is below its top-level folder. */
export async function readArchive(
  file: string,
  isWanted: (path: string) => boolean,
  runner: ActionRunner,
): Promise<ReadonlyMap<string, PackageFile>> {
  const root = await unpackArchive(file, await runner.tempFolder("archive"), runner.signal);
  const files = new Map<string, PackageFile>();
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const place = path.join(entry.parentPath, entry.name);
    const inside = path.relative(root, place).split(path.sep).join("/");
    if (!entry.isFile() || !isWanted(inside)) continue;
    const { mode } = await stat(place);
    files.set(inside, { content: await readFile(place), executable: (mode & 0o111) !== 0 });
  }
  return files;
}
