import { mkdir, rename, symlink } from "node:fs/promises";
import path from "node:path";
import { findProgram } from "@release-actions/command";
import { workFolder } from "../../scripts/folders.ts";

/** Helm 4, which runners have from ubuntu-26.04 on, and Helm 3, which gets security fixes until 2027-02-10 (Helm, "Helm 3 End of Life"). */
export const HELMS = ["helm", "helm3"] as const;

export type HelmProgram = (typeof HELMS)[number];

/** A PATH on which `helm` is the program of this version. */
export async function helmOnPath(program: HelmProgram): Promise<string> {
  const file = findProgram(program, process.env["PATH"]);
  if (file === undefined) throw new Error(`${program} is not on the PATH: see \`npm run tools\``);
  const folder = workFolder("path", program);
  await mkdir(folder, { recursive: true });
  // Another worker may do the same at this moment, and the link may still be that of an older version.
  const link = path.join(folder, `helm-${process.pid}`);
  await symlink(file, link);
  await rename(link, path.join(folder, "helm"));
  return [folder, process.env["PATH"]].join(path.delimiter);
}
