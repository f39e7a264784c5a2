import { mkdir, rename } from "node:fs/promises";
import path from "node:path";
import { openFileSource } from "@release-actions/archive";
import { type DistPlan, releaseOf } from "@release-actions/dist-plan";
import { machineOfTarget, readElf } from "@release-actions/elf";
import { unpackArchive } from "@release-actions/release-archive";
import { digestOfFile, openReleaseFiles, type RunArtifacts } from "@release-actions/release-run";
import { Fault } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";
import { type LinuxArchive, linuxArchives } from "./linux-archives.ts";

/** The build's context folder: the files of each platform's archive are in a folder with the platform's name. */
export interface BuildContext {
  readonly folder: string;
  readonly platforms: readonly string[];
}

/** Takes the Linux archives of the plan, checks that they are the ones of this build, and unpacks them. */
export async function makeContext(
  runner: ActionRunner,
  plan: DistPlan,
  workspace: string,
  artifacts: RunArtifacts,
): Promise<BuildContext> {
  const { inputs, signal } = runner;
  const release = releaseOf(plan, inputs.app);
  const archives = linuxArchives(release);
  const files = await openReleaseFiles({ name: "archives", value: inputs.archives }, workspace, artifacts);
  const checksums = await files.checksums(plan);
  const work = await runner.tempFolder("archives");
  const folder = path.join(work, "context");
  for (const wanted of archives) {
    const { archive, platform, target } = wanted;
    const file = await files.fetch(archive.name, work);
    if (file === undefined) throw new Fault(`the plan lists ${archive.name}, which is not in ${inputs.archives}`);
    await requireChecksum(file, archive.name, archive.sha256 ?? checksums.get(archive.name));
    const root = await unpackArchive(file, path.join(work, target), signal);
    await requireExecutables(root, wanted);
    await mkdir(path.dirname(path.join(folder, platform)), { recursive: true });
    await rename(root, path.join(folder, platform));
    runner.info(`${platform}: content of ${archive.name}`);
  }
  return { folder, platforms: archives.map(({ platform }) => platform) };
}

/** Only the checksums of the build prove that an archive is the one that was signed, attested and released. */
async function requireChecksum(file: string, name: string, expected: string | undefined): Promise<void> {
  if (expected === undefined) {
    throw new Fault(`neither the run nor ${path.dirname(file)} has a checksum of ${name}`, {
      advice:
        "Add cargo-dist's global build job, which lists them, to `needs`, or put `sha256.sum` beside the archives.",
    });
  }
  const found = await digestOfFile(file);
  if (found === expected) return;
  throw new Fault(`${name} has the SHA-256 ${found}, but the build recorded ${expected}`);
}

async function requireExecutables(root: string, { archive, target }: LinuxArchive): Promise<void> {
  for (const inside of archive.programs) {
    const source = await openFileSource(path.join(root, inside)).catch(() => undefined);
    if (source === undefined) throw new Fault(`${archive.name} lacks ${inside}, which the plan lists in it`);
    try {
      const [{ machine }, expected] = [await readElf(source), machineOfTarget(target)];
      if (machine === expected) continue;
      throw new Fault(`${inside} of ${archive.name} is for ${machine}, expected ${expected}`);
    } finally {
      await source.close();
    }
  }
}
