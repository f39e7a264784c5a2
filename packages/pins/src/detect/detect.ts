import { readWorkspace, type Workspace } from "@release-actions/cargo";
import type { Fact, Relation } from "../fact.ts";
import type { Repository } from "../locate/repository.ts";
import { detectBuildEnvironment } from "./build-environment.ts";
import { detectFlags } from "./flags.ts";
import { detectImages } from "./images.ts";
import { detectRust } from "./rust.ts";
import { detectVersions } from "./versions.ts";

export interface DetectOptions {
  readonly repository: Repository;
  readonly tag: string | undefined;
  readonly inspectImage: (image: string) => Promise<string | undefined>;
}

export interface Detected {
  readonly facts: readonly Fact[];
  readonly relations: readonly Relation[];
  readonly elsewhere: readonly string[];
}

/** Finds the facts that a Rust product's repository usually states several times, and how they belong together. */
export async function detect(options: DetectOptions): Promise<Detected> {
  const { repository, tag } = options;
  const workspace: Workspace | undefined = repository.has("Cargo.toml")
    ? readWorkspace(repository.root, repository.root)
    : undefined;
  const parts = [
    await detectRust(options, workspace),
    detectVersions(repository, workspace, tag),
    detectImages(repository),
    detectFlags(repository),
    detectBuildEnvironment(repository),
  ];
  return {
    facts: parts.flatMap((part) => part.facts).filter((fact) => fact.sites.length > 0),
    relations: parts.flatMap((part) => part.relations),
    elsewhere: parts.flatMap((part) => part.elsewhere),
  };
}
