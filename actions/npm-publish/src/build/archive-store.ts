import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import {
  CHECKSUM_ALGORITHMS,
  type ChecksumAlgorithm,
  type Checksums,
  mergeChecksums,
  readChecksumFile,
} from "@release-actions/dist-plan";
import { NpmError, type PackageFile } from "@release-actions/npm";
import { unpackArchive } from "@release-actions/release-archive";
import { checksumsOfRun, digestOfFile, findFiles, type RunArtifacts } from "@release-actions/release-run";
import type { ActionRunner } from "../action.gen.ts";

/** The files of the build, in a folder or in artifacts. */
export interface ArchiveStore {
  readonly names: readonly string[];
  /**
   * Brings an archive to this machine, verifies its checksum, and returns the wanted files in it, by path. For a tar, the path is
   * below its top-level folder.
   */
  read(name: string, isWanted: (path: string) => boolean): Promise<ReadonlyMap<string, PackageFile>>;
}

/** Opens the input `archives`: a folder, or artifacts of this run. */
export async function openArchives(
  runner: ActionRunner,
  workspace: string,
  artifacts: RunArtifacts,
  planned: Checksums,
): Promise<ArchiveStore> {
  const place = runner.inputs.archives;
  const advice = "Add the jobs that build the archives to `needs`, or set `archives` to their folder.";
  const found = await findFiles(place, workspace, artifacts, advice);
  const files =
    "folder" in found ? await folderFiles(found.folder) : await artifactFiles(found.names, artifacts, runner);
  const listed = async (algorithm: ChecksumAlgorithm): Promise<[string, Checksums][]> => {
    const isList = (name: string): boolean => name === `${algorithm}.sum` || name.endsWith(`.${algorithm}`);
    const told: [string, Checksums][] = [];
    for (const name of [...files.keys()].filter(isList).sort()) {
      const content = await readFile((await files.get(name)?.()) ?? "", "utf8");
      told.push([`${name} of ${place}`, readChecksumFile(content, name, algorithm)]);
    }
    return told;
  };
  const own: [string, Checksums][] = [
    ["the artifacts of this run", await checksumsOfRun(artifacts)],
    ["the plan", planned],
  ];
  const checksums = {
    sha256: mergeChecksums([...own, ...(await listed("sha256"))]),
    // With `checksum = "sha512"`, cargo-dist writes these instead.
    sha512: mergeChecksums(await listed("sha512"), "sha512"),
  };
  return {
    names: [...files.keys()],
    read: async (name, isWanted) => {
      const file = files.get(name);
      if (file === undefined) {
        throw new NpmError(`${name} is not in ${place}`, {
          advice: "Add the jobs that build to `needs`, or set `archives` to the folder that contains all of them.",
        });
      }
      const local = await file();
      const told = CHECKSUM_ALGORITHMS.filter((algorithm) => checksums[algorithm].has(name));
      if (told.length === 0) {
        throw new NpmError(`there is no sha256 or sha512 for ${name}`, {
          advice: `Put ${name}.sha256 or sha256.sum beside it, as cargo-dist does.`,
        });
      }
      for (const algorithm of told) {
        const [found, expected] = [await digestOfFile(local, algorithm), checksums[algorithm].get(name)];
        if (found !== expected)
          throw new NpmError(`the ${algorithm} of ${name} is ${found}, but the finished build has ${expected}`);
      }
      const folder = await runner.tempFolder("archive");
      return await filesBelow(await unpackArchive(local, folder, runner.signal), isWanted);
    },
  };
}

async function filesBelow(
  root: string,
  isWanted: (path: string) => boolean,
): Promise<ReadonlyMap<string, PackageFile>> {
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

/** A function for each file name that brings the file to this machine and returns its path. */
type Files = ReadonlyMap<string, () => Promise<string>>;

async function folderFiles(folder: string): Promise<Files> {
  const entries = await readdir(folder, { withFileTypes: true });
  return new Map(
    entries.filter((entry) => entry.isFile()).map(({ name }) => [name, async () => path.join(folder, name)]),
  );
}

async function artifactFiles(names: readonly string[], artifacts: RunArtifacts, runner: ActionRunner): Promise<Files> {
  const found = new Map<string, () => Promise<string>>();
  const folder = await runner.tempFolder("archives");
  for (const artifact of names) {
    for (const file of await artifacts.files(artifact)) {
      const local = path.join(folder, path.basename(file));
      found.set(path.basename(file), async () => {
        await artifacts.save(artifact, file, local);
        return local;
      });
    }
  }
  return found;
}
