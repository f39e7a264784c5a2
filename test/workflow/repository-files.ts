import { globSync, readFileSync } from "node:fs";
import path from "node:path";

export const root = path.resolve(import.meta.dirname, "../..");

export interface RepositoryFile {
  /** Relative to the repository, as in messages. */
  readonly file: string;
  readonly text: string;
}

/** All workflows: ours, those we publish, and those of the product that the tests release. */
export function workflowFiles(): RepositoryFile[] {
  return read([".github/workflows/*.{yml,yaml}", "test/fixtures/**/.github/workflows/*.{yml,yaml}"]);
}

export function actionFiles(): RepositoryFile[] {
  return read(["actions/*/action.{yml,yaml}"]);
}

function read(patterns: readonly string[]): RepositoryFile[] {
  return patterns
    .flatMap((pattern) => globSync(pattern, { cwd: root }))
    .sort()
    .map((file) => ({ file, text: readFileSync(path.join(root, file), "utf8") }));
}
