import { globSync, readFileSync } from "node:fs";
import path from "node:path";

export const root = path.resolve(import.meta.dirname, "../..");

export interface RepositoryFile {
  /** Relative to the repository, as in messages. */
  readonly file: string;
  readonly text: string;
}

/** Our own workflows, and those we publish. */
export function workflowFiles(): RepositoryFile[] {
  return read([".github/workflows/*.{yml,yaml}"]);
}

/**
 * Those of the products that the tests release. Beside them lie steps that cargo-dist puts into its own; those under `cases` are
 * what our actions have to judge, mistakes included.
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
