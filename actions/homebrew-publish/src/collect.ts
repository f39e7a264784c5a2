import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import {
  archivesOf,
  type Checksums,
  type DistPlan,
  formulaeOf,
  mergeChecksums,
  type Release,
  readChecksumFile,
} from "@release-actions/dist-plan";
import { FormulaError } from "@release-actions/homebrew";
import { checksumsOfRun, type RunArtifacts } from "@release-actions/release-run";

/** A formula as cargo-dist made it. */
export interface Source {
  readonly release: Release;
  /** `widget.rb`. */
  readonly file: string;
  readonly text: string;
}

export interface Collected {
  readonly sources: readonly Source[];
  /** Of the finished build, as far as the place of the formulae and the run tell. */
  readonly checksums: Checksums;
}

/** Reads every formula of the plan from a folder or from artifacts of the run, with the checksums that lie there. */
export async function collect(
  plan: DistPlan,
  place: string,
  workspace: string,
  artifacts: RunArtifacts,
): Promise<Collected> {
  const wanted = plan.releases.flatMap((release) => formulaeOf(release).map(({ name: file }) => ({ release, file })));
  if (wanted.length === 0) {
    throw new FormulaError("the plan has no formula", {
      advice: "Add `homebrew` to the `installers` of cargo-dist's configuration.",
    });
  }
  const folder = path.resolve(workspace, place);
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const read = isFolder ? readFromFolder(folder) : await readFromArtifacts(place, artifacts);
  const sources: Source[] = [];
  for (const { release, file } of wanted) {
    const content = await read(file);
    if (content === undefined) throw new FormulaError(`the plan lists ${file}, but it is not in ${place}`);
    sources.push({ release, file, text: decode(content, file) });
  }
  const here = isFolder ? await checksumsInFolder(folder, plan) : [];
  return {
    sources,
    checksums: mergeChecksums([["the artifacts of this run", await checksumsOfRun(artifacts)], ...here]),
  };
}

type Read = (file: string) => Promise<Uint8Array | undefined>;

function readFromFolder(folder: string): Read {
  return async (file) => {
    try {
      return await readFile(path.join(folder, file));
    } catch (cause) {
      throw new FormulaError(`the plan lists ${file}, which cannot be read from ${folder}`, { cause });
    }
  };
}

async function readFromArtifacts(pattern: string, artifacts: RunArtifacts): Promise<Read> {
  const source = pattern.replace(/[\\^$.+?()[\]{}|]/g, "\\$&").replaceAll("*", ".*");
  const names = (await artifacts.list(pattern.split("*")[0] ?? "")).filter((name) =>
    new RegExp(`^${source}$`).test(name),
  );
  if (names.length === 0) {
    throw new FormulaError(`${JSON.stringify(pattern)} is neither a folder nor an artifact of this run`, {
      advice: "Let this job need the one that builds the formulae, or give `formulae` the folder they are in.",
    });
  }
  return async (file) => {
    for (const name of names) {
      const content = await artifacts.read(name, file);
      if (content !== undefined) return content;
    }
    return undefined;
  };
}

/** Checksum files beside the formulae, and the archives themselves. */
async function checksumsInFolder(folder: string, plan: DistPlan): Promise<[string, Checksums][]> {
  const present = new Set(await readdir(folder));
  const lists = [...present].filter((name) => name === "sha256.sum" || name.endsWith(".sha256")).sort();
  const found: [string, Checksums][] = [];
  for (const name of lists) {
    found.push([name, readChecksumFile(decode(await readFile(path.join(folder, name)), name), name)]);
  }
  for (const { name } of plan.releases.flatMap(archivesOf)) {
    if (present.has(name))
      found.push([`the file ${name} itself`, new Map([[name, await sha256(path.join(folder, name))]])]);
  }
  return found;
}

async function sha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

function decode(content: Uint8Array, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
  } catch (cause) {
    throw new FormulaError(`${file} is not UTF-8 text`, { cause });
  }
}
