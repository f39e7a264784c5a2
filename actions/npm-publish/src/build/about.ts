import { existsSync } from "node:fs";
import path from "node:path";
import { packageField, readWorkspace } from "@release-actions/cargo";
import type { About } from "@release-actions/npm";
import type { RunFacts } from "@release-actions/release-run";

/** Describes an app, from its Cargo.toml (if the repository is checked out) and from the run. */
export function aboutApp(app: string, { workspace, serverUrl, repository }: RunFacts): About {
  const address = `${serverUrl}/${repository}`;
  if (!existsSync(path.join(workspace, "Cargo.toml"))) return { repository: address };
  const cargo = readWorkspace(workspace, workspace);
  const crate = cargo.crates.find(({ name }) => name === app);
  if (crate === undefined) return { repository: address };
  const field = (name: string): string | undefined => {
    const node = packageField(cargo, crate, name);
    return node?.kind === "string" ? node.value : undefined;
  };
  const keywords = packageField(cargo, crate, "keywords");
  return {
    description: field("description"),
    license: field("license"),
    homepage: field("homepage"),
    keywords:
      keywords?.kind === "array" ? keywords.items.flatMap((it) => (it.kind === "string" ? [it.value] : [])) : [],
    // The repository of this run: the registry compares the field with the provenance.
    repository: address,
  };
}
