import { globSync, readFileSync } from "node:fs";
import path from "node:path";

export const root = path.resolve(import.meta.dirname, "../..");

export interface RepositoryFile {
  /** The path relative to the repository, as in messages. */
  readonly file: string;
  readonly text: string;
}

/** All workflows of this repository, published ones included. */
export function workflowFiles(): RepositoryFile[] {
  return read([".github/workflows/*.{yml,yaml}"]);
}

/**
 * The workflows of the products that the tests release. Excluded are files of steps that cargo-dist inserts into its
 * workflow, and workflows under `cases`, which our actions have to judge, mistakes included.
 */
export function fixtureWorkflowFiles(): RepositoryFile[] {
  return read(["test/fixtures/**/.github/workflows/*.{yml,yaml}"]).filter(
    ({ file, text }) => /^jobs:/m.test(text) && !file.includes("/cases/"),
  );
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
