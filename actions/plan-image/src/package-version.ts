import { packageField, readWorkspace } from "@release-actions/cargo";
import { Fault } from "@release-actions/report";

/** The version in the manifest of a package of the workspace. */
export function versionOfPackage(name: string, folder: string): string {
  const workspace = readWorkspace(folder, folder);
  const crate = workspace.crates.find((candidate) => candidate.name === name);
  if (crate === undefined) {
    const names = workspace.crates.map((candidate) => candidate.name).sort();
    throw new Fault(`the workspace has no package ${JSON.stringify(name)}, expected one of ${names.join(", ")}`);
  }
  const version = packageField(workspace, crate, "version");
  if (version?.kind === "string") return version.value;
  throw new Fault(`the package ${name} has no version`, { location: { file: crate.manifest.file } });
}
