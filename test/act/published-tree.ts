import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { runCommand } from "@release-actions/command";
import { FileTree } from "@release-actions/example-product";
import { assembleTree } from "../../scripts/release/assemble.ts";
import type { ReleasedAs } from "../../scripts/release/references.ts";
import { commitAll } from "../support/repository-copy.ts";

const root = path.resolve(import.meta.dirname, "../..");

/** The repository and tags by which the tests' workflows refer to our actions, and our actions to each other. */
export const RELEASED = { repository: "org/actions", tag: "v1.0.0", majorTag: "v1" };

/** Changes to the text of files, by path: for example of a default that names another party's service. */
export type Replacements = Readonly<Record<string, (text: string) => string>>;

/**
 * The tree that a release of the bundles built here would have, for workflows that run under act. References to
 * sibling actions name the repository and the tag, because act does not know `$/`.
 */
export function publishedTree(
  names: readonly string[],
  { replacing = {}, as: released = RELEASED }: { readonly replacing?: Replacements; readonly as?: ReleasedAs } = {},
): { readonly folder: string; readonly uses: Readonly<Record<string, string>> } & Disposable {
  const tree = new FileTree();
  const folder = tree.path("actions");
  assembleTree(root, folder, released, { references: "tag", names });
  for (const [file, replace] of Object.entries(replacing)) {
    const before = readFileSync(path.join(folder, file), "utf8");
    const after = replace(before);
    if (after === before) throw new Error(`nothing was replaced in ${file}`);
    writeFileSync(path.join(folder, file), after);
  }
  return { folder, uses: usesOf(folder, released), [Symbol.dispose]: () => tree[Symbol.dispose]() };
}

export function usesOf(folder: string, { repository, tag, majorTag }: ReleasedAs = RELEASED): Record<string, string> {
  return { [`${repository}@${majorTag}`]: folder, [`${repository}@${tag}`]: folder };
}

/** A user's repository `org/product`, with these files in its only commit. */
export async function userRepository(files: Readonly<Record<string, string>>): Promise<FileTree> {
  const tree = new FileTree(files);
  await commitAll(tree.root, "everything");
  await runCommand("git", ["remote", "add", "origin", "https://github.com/org/product.git"], { cwd: tree.root });
  return tree;
}
