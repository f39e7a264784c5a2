import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { CommandRunner } from "@release-actions/command";
import { type HakariServices, runHakari } from "./checks.ts";
import type { HakariWorkspace } from "./config.ts";
import type { Snapshot } from "./snapshot.ts";

export interface RepairOptions extends HakariServices {
  /** The files of `filesOf` as they were before cargo came near them. */
  readonly snapshot: Snapshot;
  /** What the names in the patch are relative to, for `git apply`. */
  readonly base: string;
}

/** What hakari, and the cargo it calls, may write: every manifest of the workspace and the lock file. */
export function filesOf({ workspace, manifest }: HakariWorkspace): string[] {
  const manifests = workspace.crates.map(({ folder }) => path.join(folder, "Cargo.toml"));
  return [...new Set([manifest, ...manifests, path.join(workspace.root, "Cargo.lock")])];
}

/**
 * Lets hakari repair the tree and returns the difference to the snapshot as a patch for `git apply`. Only
 * hakari knows how it writes a manifest, so it does it in the tree; the caller puts the files back.
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

/** Exit code 1 says that there is a difference. The folders' names are the prefixes that `git apply` strips. */
async function gitDiff(run: CommandRunner, cwd: string): Promise<string> {
  const plain = ["-c", "core.autocrlf=false", "diff", "--no-index", "--no-prefix", "--no-color", "--no-ext-diff"];
  const { stdout } = await run("git", [...plain, "a", "b"], { cwd, check: false, onOutput: () => undefined });
  return stdout;
}
