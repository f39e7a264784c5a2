import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { CommandRunner } from "@release-actions/command";
import { type HakariServices, runHakari } from "./checks.ts";
import type { HakariWorkspace } from "./config.ts";
import type { Snapshot } from "./snapshot.ts";

export interface RepairOptions extends HakariServices {
  /** The files of `filesOf` as they were before cargo ran. */
  readonly snapshot: Snapshot;
  /** The folder to which the paths in the patch are relative, for `git apply`. */
  readonly base: string;
}

/** The files that hakari and cargo may write: every manifest of the workspace and the lock file. */
export function filesOf({ workspace, manifest }: HakariWorkspace): string[] {
  const manifests = workspace.crates.map(({ folder }) => path.join(folder, "Cargo.toml"));
  return [...new Set([manifest, ...manifests, path.join(workspace.root, "Cargo.lock")])];
}

/**
 * Lets hakari repair the working tree and returns the changes since the snapshot as a patch for `git apply`. hakari can
 * only write to the working tree, so the caller must restore the files afterwards.
 */
export async function repair(hakari: HakariWorkspace, options: RepairOptions): Promise<string> {
  await runHakari(["generate"], options);
  await runHakari(["manage-deps", "--yes"], options);
  return await makePatch(filesOf(hakari), options);
}

async function makePatch(files: readonly string[], { run, snapshot, base }: RepairOptions): Promise<string> {
  const sides = `${snapshot.folder}-patch`;
  const write = async (side: "a" | "b", file: string, content: Buffer | undefined): Promise<void> => {
    if (content === undefined) return;
    const target = path.join(sides, side, path.relative(base, file));
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, content);
  };
  try {
    for (const side of ["a", "b"]) await mkdir(path.join(sides, side), { recursive: true });
    for (const file of files) {
      await write("a", file, await snapshot.before(file));
      await write("b", file, existsSync(file) ? await readFile(file) : undefined);
    }
    return await gitDiff(run, sides);
  } finally {
    await rm(sides, { recursive: true, force: true });
  }
}

/**
 * Compares both folders. Exit code 1 means that they differ. The folders are named `a` and `b`, the prefixes that
 * `git apply` strips.
 */
async function gitDiff(run: CommandRunner, cwd: string): Promise<string> {
  const plain = ["-c", "core.autocrlf=false", "diff", "--no-index", "--no-prefix", "--no-color", "--no-ext-diff"];
  const { stdout } = await run("git", [...plain, "a", "b"], { cwd, check: false, onOutput: () => undefined });
  return stdout;
}
