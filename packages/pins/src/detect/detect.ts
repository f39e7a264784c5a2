import { readWorkspace, type Workspace } from "@release-actions/cargo";
import { detectBuildEnvironment } from "./build-environment.ts";
import type { Detected, DetectOptions } from "./detected.ts";
import { detectFlags } from "./flags.ts";
import { detectImages } from "./images.ts";
import { detectRust } from "./rust.ts";
import { detectVersions } from "./versions.ts";

/** Finds the facts that a Rust product's repository usually states several times, and how they belong together. */
export async function detect(options: DetectOptions): Promise<Detected> {
  const { repository, tag } = options;
  const workspace: Workspace | undefined = repository.has("Cargo.toml")
    ? readWorkspace(repository.root, repository.root)
    : undefined;
  const parts = [
    await detectRust(options, workspace),
    detectVersions(repository, workspace, tag),
    await detectImages(options),
    detectFlags(repository),
    detectBuildEnvironment(repository),
  ];
  return {
    facts: parts.flatMap((part) => part.facts).filter((fact) => fact.sites.length > 0),
    relations: parts.flatMap((part) => part.relations),
    elsewhere: parts.flatMap((part) => part.elsewhere),
  };
}
