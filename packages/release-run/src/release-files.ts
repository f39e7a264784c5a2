import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import {
  archivesOf,
  type ChecksumAlgorithm,
  type Checksums,
  type DistPlan,
  mergeChecksums,
  readChecksumFile,
} from "@release-actions/dist-plan";
import { decodeText, wildcard } from "@release-actions/text";
import type { RunArtifacts } from "./artifacts.ts";
import { checksumsOfRun } from "./checksums.ts";
import { RunError } from "./facts.ts";

/** The files of a build, in a folder or in artifacts of the run. */
export interface ReleaseFiles {
  /** A small file; undefined when it is not there. */
  read(file: string): Promise<Uint8Array | undefined>;
  /** The path of a file on this machine. The file is downloaded to `folder` if necessary. Undefined when it does not exist. */
  fetch(file: string, folder: string): Promise<string | undefined>;
  /** The checksums of a plan's files: from the run, from the checksum lists beside the files, and from the archives themselves. */
  checksums(plan: DistPlan): Promise<Checksums>;
}

/**
 * Finds the files that an input names: in a folder of the workspace, or in the artifacts of this run whose names match, where
 * `*` matches any text.
 *
 * @throws RunError with this advice when there is neither
 */
export async function findFiles(
  input: string,
  workspace: string,
  artifacts: RunArtifacts,
  advice: string,
): Promise<{ readonly folder: string } | { readonly names: readonly string[] }> {
  const folder = path.resolve(workspace, input);
  if ((await stat(folder).catch(() => undefined))?.isDirectory()) return { folder };
  const matcher = wildcard(input);
  const names = (await artifacts.list(input.split("*")[0] ?? "")).filter((name) => matcher.test(name));
  if (names.length > 0) return { names };
  throw new RunError(`${JSON.stringify(input)} is neither a folder nor an artifact of this run`, { advice });
}

/** Opens the files that an input names (`findFiles`). */
export async function openReleaseFiles(
  input: { readonly name: string; readonly value: string },
  workspace: string,
  artifacts: RunArtifacts,
): Promise<ReleaseFiles> {
  const advice = `Add the job that builds the files to \`needs\`, or set \`${input.name}\` to their folder.`;
  const place = await findFiles(input.value, workspace, artifacts, advice);
  return "folder" in place ? filesOfFolder(place.folder, artifacts) : filesOfArtifacts(place.names, artifacts);
}

/** The digest of a file, lowercase hex. */
export async function digestOfFile(file: string, algorithm: ChecksumAlgorithm = "sha256"): Promise<string> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

function filesOfFolder(folder: string, artifacts: RunArtifacts): ReleaseFiles {
  const placeOf = async (file: string): Promise<string | undefined> => {
    const place = path.join(folder, file);
    return (await stat(place).catch(() => undefined))?.isFile() === true ? place : undefined;
  };
  return {
    read: async (file) => {
      const place = await placeOf(file);
      return place === undefined ? undefined : await readFile(place);
    },
    fetch: placeOf,
    checksums: async (plan) =>
      mergeChecksums([
        ["the artifacts of this run", await checksumsOfRun(artifacts)],
        ...(await checksumsInFolder(folder, plan)),
      ]),
  };
}

async function checksumsInFolder(folder: string, plan: DistPlan): Promise<[string, Checksums][]> {
  const present = new Set(await readdir(folder));
  const lists = [...present].filter((name) => name === "sha256.sum" || name.endsWith(".sha256")).sort();
  const found: [string, Checksums][] = [];
  for (const name of lists) {
    found.push([name, readChecksumFile(decodeText(await readFile(path.join(folder, name)), name), name)]);
  }
  for (const { name } of plan.releases.flatMap(archivesOf)) {
    if (!present.has(name)) continue;
    found.push([`the file ${name} itself`, new Map([[name, await digestOfFile(path.join(folder, name))]])]);
  }
  return found;
}

function filesOfArtifacts(names: readonly string[], artifacts: RunArtifacts): ReleaseFiles {
  return {
    read: async (file) => {
      for (const name of names) {
        const content = await artifacts.read(name, file);
        if (content !== undefined) return content;
      }
      return undefined;
    },
    fetch: async (file, folder) => {
      const place = path.join(folder, file);
      for (const name of names) if (await artifacts.save(name, file, place)) return place;
      return undefined;
    },
    checksums: () => checksumsOfRun(artifacts),
  };
}
