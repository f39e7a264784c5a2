import { cpSync, mkdirSync } from "node:fs";
import path from "node:path";
import { runCommand } from "@release-actions/command";
import { FileTree } from "@release-actions/example-product";

const root = path.resolve(import.meta.dirname, "../..");

/** A clone of this repository in its current state, uncommitted changes included, with one commit. */
export async function copyRepository(): Promise<FileTree> {
  const tree = new FileTree();
  const listing = await runCommand("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
  });
  const deleted = await runCommand("git", ["ls-files", "-z", "--deleted"], { cwd: root });
  const gone = new Set(deleted.stdout.split("\0"));
  for (const file of listing.stdout.split("\0").filter((name) => name !== "" && !gone.has(name))) {
    mkdirSync(path.dirname(tree.path(file)), { recursive: true });
    cpSync(path.join(root, file), tree.path(file), { verbatimSymlinks: true });
  }
  await commitAll(tree.root, "everything");
  return tree;
}

/** Commits everything in a folder, and makes it a repository if it is not one. */
export async function commitAll(folder: string, message: string): Promise<void> {
  const git = (...args: string[]) => runCommand("git", args, { cwd: folder });
  await git("init", "--quiet", "--initial-branch=main");
  await git("add", "--all");
  await git("-c", "user.name=Dev", "-c", "user.email=dev@example.com", "commit", "--quiet", "--message", message);
}
