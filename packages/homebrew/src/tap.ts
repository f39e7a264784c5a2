import { readFile } from "node:fs/promises";
import path from "node:path";
import { type Git, type GitOptions, openGit, readRemote } from "@release-actions/git";
import { Fault } from "@release-actions/report";

/** A checkout of a tap in a folder of our own. */
export interface Tap {
  readonly folder: string;
  readonly branch: string;
  readonly git: Git;
  readonly access: GitOptions;
}

export class TapError extends Fault {
  override readonly name = "TapError";
}

/** Clones a tap's newest commit. A tap without any commit will do. */
export async function openTap(access: GitOptions, folder: string, branch: string | undefined): Promise<Tap> {
  const git = openGit(access);
  const wanted = branch === undefined ? [] : ["--branch", branch];
  const clone = ["clone", "--quiet", "--depth=1", "--single-branch", "--no-tags", ...wanted, "--", access.url, folder];
  await readRemote(git, clone, access);
  const head = await git(["symbolic-ref", "--short", "HEAD"], { cwd: folder });
  return { folder, branch: head.stdout.trim(), git, access };
}

/** Where a formula is in the tap, or is to be (docs.brew.sh, "Taps": `Formula`, `HomebrewFormula` or the root). */
export async function formulaPath(tap: Tap, file: string): Promise<string> {
  const { stdout } = await tap.git(["ls-files", "-z"], { cwd: tap.folder });
  const files = stdout.split("\0").filter((name) => name !== "");
  const places = [`Formula/${file.charAt(0)}/${file}`, `Formula/${file}`, `HomebrewFormula/${file}`, file];
  const existing = places.find((place) => files.includes(place));
  if (existing !== undefined) return existing;
  const inRoot = !files.some((name) => name.startsWith("Formula/")) && files.some((name) => /^[^/]+\.rb$/.test(name));
  const folder = files.some((name) => name.startsWith("HomebrewFormula/"))
    ? "HomebrewFormula/"
    : inRoot
      ? ""
      : "Formula/";
  return `${folder}${file}`;
}

/** The text of a file in the tap, or `undefined`. */
export async function readTapFile(tap: Tap, file: string): Promise<string | undefined> {
  try {
    return await readFile(path.join(tap.folder, file), "utf8");
  } catch (error) {
    if (typeof error === "object" && error !== null && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
