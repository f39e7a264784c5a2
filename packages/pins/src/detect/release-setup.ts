import path from "node:path";
import { stringValue } from "@release-actions/toml";
import type { Repository } from "../locate/repository.ts";
import { scalarPairs } from "../locate/yaml-file.ts";
import { distTables } from "./image-sites.ts";

export interface ReleaseSetup {
  readonly file: string;
  /** Whether the steps use the action `release-build-setup`, which reads flags and variables from their source, so that they cannot differ. */
  readonly isDerived: boolean;
}

/** The file of steps that cargo-dist inserts before its builds: `github-build-setup`, relative to .github/workflows. */
export function releaseSetup(repository: Repository): ReleaseSetup | undefined {
  for (const { table } of distTables(repository)) {
    const name = stringValue(table, "github-build-setup");
    const file = path.posix.join(".github/workflows", name ?? "");
    if (!repository.has(file)) continue;
    const isDerived = repository.attempt(file, () =>
      scalarPairs(repository.yaml(file)).some(
        ({ path: keys, scalar }) => keys.at(-1) === "uses" && /\/release-build-setup(@|$)/.test(String(scalar.value)),
      ),
    );
    if (isDerived !== undefined) return { file, isDerived };
  }
  return undefined;
}
