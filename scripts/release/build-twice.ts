import { cpSync, existsSync, globSync, mkdirSync } from "node:fs";
import path from "node:path";
import { runCommand } from "@release-actions/command";
import { checksums } from "./checksums.ts";
import { git } from "./git.ts";
import { Refusal } from "./refusal.ts";

/** The second build has another time zone and language (and folder), none of which may affect a bundle. */
const ELSEWHERE = { TZ: "Pacific/Kiritimati", LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8" };

export async function cloneAt(from: string, folder: string, commit: string): Promise<void> {
  mkdirSync(path.dirname(folder), { recursive: true });
  await git(path.dirname(folder), ["clone", "--quiet", "--no-checkout", from, folder]);
  await git(folder, ["checkout", "--quiet", "--detach", commit]);
}

/**
 * Copies bundles that were built and tested in one checkout to another, together with the digests of their sources, so
 * that the build does not rebuild bundles of the same sources.
 */
export function carryBundles(from: string, to: string): void {
  const stamps = ".work/build";
  if (!existsSync(path.join(from, stamps))) return;
  // Bundles of actions that no longer exist are not copied.
  const bundles = globSync("actions/*/dist", { cwd: from }).filter((dist) =>
    existsSync(path.join(to, dist, "../action.yml")),
  );
  for (const folder of [stamps, ...bundles]) {
    cpSync(path.join(from, folder), path.join(to, folder), { recursive: true });
  }
}

/**
 * Builds the bundles in `first`, a clone at `source`, and again in a fresh clone in another folder.
 *
 * @throws Refusal that names the files that differ
 */
export async function buildTwice(first: string, source: string, temp: string): Promise<void> {
  const second = path.join(temp, "second build/in a deeper folder");
  await cloneAt(first, second, source);
  await build(first, {});
  await build(second, ELSEWHERE);
  const [left, right] = [bundleChecksums(first), bundleChecksums(second)];
  const differing = [...new Set([...left.keys(), ...right.keys()])].filter(
    (file) => left.get(file) !== right.get(file),
  );
  if (differing.length === 0) return;
  throw new Refusal(`two builds of the same sources differ in ${differing.sort().join(", ")}`, {
    advice: "Look in these files for a path, a time or an order that depends on the machine.",
  });
}

export async function build(clone: string, env: Record<string, string>): Promise<void> {
  const bootstrap = path.join(clone, "scripts/bootstrap.mjs");
  await runCommand(process.execPath, [bootstrap, "build"], { cwd: clone, env: { ...process.env, ...env } });
}

/** The digest of each bundled file, by its path in the repository. */
function bundleChecksums(clone: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const dist of globSync("actions/*/dist", { cwd: clone }).sort()) {
    for (const line of checksums(path.join(clone, dist)).split("\n").filter(Boolean)) {
      const [digest = "", file = ""] = line.split("  ");
      found.set(`${dist}/${file}`, digest);
    }
  }
  return found;
}
