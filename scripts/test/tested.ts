import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/**
 * Records that all tests passed for exactly the committed sources. A release requires that record.
 * With uncommitted changes nothing is recorded: nobody could tell later what was tested.
 */
export function noteTested(root: string): void {
  if (git(root, "status", "--porcelain") !== "") return;
  const file = noteFile(root);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${git(root, "rev-parse", "HEAD^{tree}")}\n`);
}

/** Whether all tests passed for this tree (the name git gives to the content of a commit). */
export function isTested(root: string, tree: string): boolean {
  const file = noteFile(root);
  return existsSync(file) && readFileSync(file, "utf8").trim() === tree;
}

function noteFile(root: string): string {
  return path.join(root, ".work/tested-tree");
}

function git(root: string, ...args: string[]): string {
  return execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();
}
