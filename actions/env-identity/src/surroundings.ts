import { statSync } from "node:fs";
import path from "node:path";
import { hashFiles } from "@release-actions/digest";
import type { ParsedLock } from "@release-actions/environment";
import { Fault, type Problem } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";

/** Checks that the root file system's archive is the one that the lock was resolved against. */
export async function checkBaseImage({ lock, place }: ParsedLock, runner: ActionRunner): Promise<Problem[]> {
  const file = runner.inputs["base-image"];
  if (file === undefined) return [];
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats?.isFile()) throw new Fault(`base-image: there is no file ${file}`);
  if (stats.size === 0) throw new Fault(`base-image: ${file} is empty, expected the archive of a root file system`);
  const [hashes] = await hashFiles([{ path: file, size: stats.size }], { reporter: runner, signal: runner.signal });
  const stated = lock.baseImageDigest.replace(/^blake3:/, "");
  if (hashes?.blake3 === stated) return [];
  const message = `${path.basename(file)} has the BLAKE3 ${hashes?.blake3}, but \`base_image_digest\` is ${lock.baseImageDigest}`;
  return [{ level: "error", message, location: place("base_image_digest") }];
}

/** Checks that git tracks the lock: otherwise every clone resolves an environment of its own. */
export async function checkTracked({ place }: ParsedLock, runner: ActionRunner): Promise<Problem[]> {
  const file = runner.inputs["lock-file"];
  const git = (...args: string[]): ReturnType<ActionRunner["exec"]> =>
    runner.exec("git", ["-C", path.dirname(file), ...args], { check: false, onOutput: () => undefined });
  const inside = await git("rev-parse", "--is-inside-work-tree");
  if (inside.exitCode !== 0) {
    runner.debug(`could not check whether git tracks ${file}: ${inside.stderr.trim() || "it is not in a repository"}`);
    return [];
  }
  const listed = await git("ls-files", "--error-unmatch", "--", path.basename(file));
  if (listed.exitCode === 0) return [];
  const location = { ...place("lock_version"), line: 1 };
  const message = `${path.basename(file)} is not tracked by git: commit it, otherwise other people resolve a different environment`;
  return [{ level: "warning", message, location }];
}
