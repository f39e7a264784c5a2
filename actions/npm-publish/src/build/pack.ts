import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import {
  checkPackage,
  differingFiles,
  integrityOf,
  type Manifest,
  NpmError,
  type PackageFile,
  type PackageFiles,
  packTarball,
  readTarball,
  tarballName,
} from "@release-actions/npm";
import { countOf } from "@release-actions/report";

/** A packed package, ready to be published. */
export interface BuiltPackage {
  readonly name: string;
  readonly version: string;
  /** A file on this machine. */
  readonly tarball: string;
  readonly integrity: string;
  readonly manifest: Manifest;
}

export async function pack(name: string, version: string, files: PackageFiles, folder: string): Promise<BuiltPackage> {
  const bytes = await packTarball(files);
  // Check the packed tarball, not the files that went into it.
  const manifest = checkPackage(await readTarball(bytes, name), name);
  const tarball = path.join(folder, tarballName(name, version));
  await writeFile(tarball, bytes);
  return { name, version, tarball, integrity: integrityOf(bytes), manifest };
}

/** @throws NpmError when the registry's tarball has other files than the one that this run packed. */
export async function requireSameFiles(
  built: BuiltPackage,
  theirs: Uint8Array,
  state: "published" | "staged",
  advice: string,
): Promise<void> {
  const shown = `${built.name}@${built.version}`;
  const own = await readFile(built.tarball);
  const changed = differingFiles(await readTarball(theirs, shown), await readTarball(own, shown));
  if (changed.length === 0) return;
  const differences = countOf(changed.length, "file differs", "files differ");
  throw new NpmError(`${shown} is ${state} with other content: ${differences}, such as ${changed[0]}`, { advice });
}

export function withManifest(files: PackageFiles, manifest: Manifest): PackageFiles {
  return new Map([...files, ["package.json", textFile(json(manifest))]]);
}

export function json(manifest: Manifest): string {
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

export function textFile(text: string, executable = false): PackageFile {
  return { content: Buffer.from(text), executable };
}
