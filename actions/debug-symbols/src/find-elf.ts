import { glob, readdir, stat } from "node:fs/promises";
import path from "node:path";
import { openFileSource, readExactly } from "@release-actions/archive";
import { isElf } from "@release-actions/elf";
import { Fault } from "@release-actions/report";

export interface FoundFile {
  /** Absolute. */
  readonly file: string;
  /** Its path relative to the folder that was given, else its file name; with slashes. */
  readonly place: string;
  /** Whether it was found in a folder that was given, rather than given by its own path. */
  readonly isBelowFolder: boolean;
}

/** The ELF files that paths, patterns and folders name, by place. Links are not followed. */
export async function findElf(lines: readonly string[], workspace: string): Promise<readonly FoundFile[]> {
  const found = new Map<string, FoundFile>();
  for (const line of lines) {
    for (const candidate of await filesOf(line, workspace)) {
      const other = found.get(candidate.place);
      if (other !== undefined && other.file !== candidate.file) {
        throw new Fault(`${other.file} and ${candidate.file} would both become ${candidate.place}`, {
          advice: "Name the folder that contains both, so that each keeps its relative path.",
        });
      }
      found.set(candidate.place, candidate);
    }
  }
  return [...found.values()].sort((a, b) => (a.place < b.place ? -1 : 1));
}

async function filesOf(line: string, workspace: string): Promise<readonly FoundFile[]> {
  const root = path.resolve(workspace, line);
  const kind = await stat(root).catch(() => undefined);
  if (kind?.isDirectory() === true) return await elfBelow(root, line);
  if (kind !== undefined) return [{ file: root, place: path.basename(root), isBelowFolder: false }];
  const matches: FoundFile[] = [];
  if (/[*?[{]/.test(line)) {
    for await (const match of glob(line, { cwd: workspace })) {
      const file = path.resolve(workspace, match);
      if (await startsAsElf(file)) matches.push({ file, place: path.basename(file), isBelowFolder: true });
    }
  }
  if (matches.length === 0) throw new Fault(`${line} is not a file, a folder, or a pattern that matches an ELF file`);
  return matches;
}

async function elfBelow(root: string, line: string): Promise<readonly FoundFile[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files: FoundFile[] = [];
  for (const entry of entries) {
    const file = path.join(entry.parentPath, entry.name);
    if (!entry.isFile() || !(await startsAsElf(file))) continue;
    files.push({ file, place: path.relative(root, file).split(path.sep).join("/"), isBelowFolder: true });
  }
  if (files.length === 0) throw new Fault(`${line} holds no ELF file`);
  return files;
}

async function startsAsElf(file: string): Promise<boolean> {
  if (!(await stat(file)).isFile()) return false;
  await using source = await openFileSource(file);
  return isElf(await readExactly(source, 0, Math.min(4, source.size)));
}
