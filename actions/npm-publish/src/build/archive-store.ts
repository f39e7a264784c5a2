import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import {
  CHECKSUM_ALGORITHMS,
  type ChecksumAlgorithm,
  type Checksums,
  mergeChecksums,
  readChecksumFile,
} from "@release-actions/dist-plan";
import { NpmError } from "@release-actions/npm";
import { checksumsOfRun, digestOfFile, type RunArtifacts } from "@release-actions/release-run";
import { wildcard } from "@release-actions/text";
import type { ActionRunner } from "../action.gen.ts";

/** The files of the build, in a folder or in artifacts. */
export interface ArchiveStore {
  readonly names: readonly string[];
  /** Brings a file to this machine, verifies its checksum, and returns its path. */
  fetch(name: string): Promise<string>;
}

/** Opens the input `archives`: a folder, or artifacts of this run. */
export async function openArchives(
  runner: ActionRunner,
  workspace: string,
  artifacts: RunArtifacts,
  planned: Checksums,
): Promise<ArchiveStore> {
  const place = runner.inputs.archives;
  const folder = path.resolve(workspace, place);
  const isFolder = (await stat(folder).catch(() => undefined))?.isDirectory() === true;
  const files = isFolder ? await folderFiles(folder) : await artifactFiles(place, artifacts, runner);
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
    fetch: async (name) => {
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
      return local;
    },
  };
}

/** A function for each file name that brings the file to this machine and returns its path. */
type Files = ReadonlyMap<string, () => Promise<string>>;

async function folderFiles(folder: string): Promise<Files> {
  const entries = await readdir(folder, { withFileTypes: true });
  return new Map(
    entries.filter((entry) => entry.isFile()).map(({ name }) => [name, async () => path.join(folder, name)]),
  );
}

async function artifactFiles(pattern: string, artifacts: RunArtifacts, runner: ActionRunner): Promise<Files> {
  const matcher = wildcard(pattern);
  const listed = await artifacts.list(pattern.split("*")[0] ?? "");
  const names = listed.filter((name) => matcher.test(name));
  if (names.length === 0) {
    throw new NpmError(`${JSON.stringify(pattern)} is neither a folder nor an artifact of this run`, {
      advice: "Add the jobs that build the archives to `needs`, or set `archives` to their folder.",
    });
  }
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
