import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { git } from "./git.ts";
import type { Prepared } from "./publish.ts";

/**
 * Writes a prepared release into a folder, for the job that may push it: `release.json` lists the refs to push,
 * `release.bundle` contains the objects (git-bundle(1)). Two builds of the same sources write the same `release.json`,
 * because it contains commits, whose hashes cover all content. The folder also gets the checksums and notes from `root`.
 */
export async function handOver({ outcome, clone }: Prepared, root: string, folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { updates, plan } = outcome;
  const release = { version: plan.version, updates };
  writeFileSync(path.join(folder, "release.json"), `${JSON.stringify(release, undefined, 2)}\n`);
  if (updates.length === 0) return;
  cpSync(path.join(root, ".work/release"), folder, { recursive: true });
  // A bundle needs refs, so each commit gets one. Objects that the remote already has are left out.
  for (const { ref, commit } of updates) await git(clone, ["update-ref", `refs/handed-over/${ref}`, commit]);
  const file = path.resolve(folder, "release.bundle");
  const known = updates.map(({ expected }) => expected).filter((commit) => commit !== "");
  const refs = ["--glob=refs/handed-over", ...known.map((commit) => `^${commit}`)];
  await git(clone, ["bundle", "create", "--quiet", file, ...refs]);
}
