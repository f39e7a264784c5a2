import path from "node:path";
import { type Crate, packageField, readWorkspace, type Workspace } from "@release-actions/cargo";
import { entryOf, tableOf } from "@release-actions/toml";
import type { Site } from "../fact.ts";
import { tomlSite } from "../locate/locator.ts";
import type { Repository } from "../locate/repository.ts";
import { isAside } from "../rust/place.ts";

const MANIFESTS = /(^|\/)Cargo\.toml$/;

/** The workspaces of a repository, beginning with that of its root. Workspaces of tests, examples and the like are left out. */
export function findWorkspaces(repository: Repository): Workspace[] {
  const found: Workspace[] = [];
  const known = new Set<string>();
  for (const file of byDepth(repository.matching(MANIFESTS))) {
    const folder = path.join(repository.root, path.posix.dirname(file));
    if (known.has(folder) || isAside(file)) continue;
    const workspace = repository.attempt(file, () => {
      const { root } = repository.toml(file);
      const isWorkspace = tableOf(root, "workspace") !== undefined;
      // A single crate below another workspace is excluded from it or forgotten, so no product is built from it.
      if (!isWorkspace && (found.length > 0 || entryOf(root, "package") === undefined)) return undefined;
      return readWorkspace(folder, repository.root, {
        isRoot: true,
        leaveOut: (fault) => repository.leaveOut(fault.location?.file ?? file, fault, found.length === 0),
      });
    });
    if (workspace === undefined) continue;
    found.push(workspace);
    for (const each of [workspace.root, ...workspace.crates.map((crate) => crate.folder)]) known.add(each);
  }
  return found;
}

/** The version of a crate, which the manifest of the workspace may state for it. */
export function versionSite(workspace: Workspace, crate: Crate): Site | undefined {
  const node = packageField(workspace, crate, "version");
  if (node?.kind !== "string") return undefined;
  return tomlSite(node.location.file === crate.manifest.file ? crate.manifest : workspace.manifest, node);
}

function byDepth(files: readonly string[]): string[] {
  const depth = (file: string): number => file.split("/").length;
  return [...files].sort((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1));
}
