import { writeFile } from "node:fs/promises";
import path from "node:path";
import {
  checkPackage,
  integrityOf,
  type Manifest,
  type PackageFile,
  type PackageFiles,
  packTarball,
  readTarball,
  tarballName,
} from "@release-actions/npm";

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

export function withManifest(files: PackageFiles, manifest: Manifest): PackageFiles {
  return new Map([...files, ["package.json", textFile(json(manifest))]]);
}

export function json(manifest: Manifest): string {
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

export function textFile(text: string, executable = false): PackageFile {
  return { content: Buffer.from(text), executable };
}
