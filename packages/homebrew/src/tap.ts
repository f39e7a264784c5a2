import { lstat, readFile } from "node:fs/promises";
import path from "node:path";
import { type Git, type GitOptions, openGit, readRemote } from "@release-actions/git";
import { decodeJson, mapOf, string } from "@release-actions/json";
import { type FormulaPlace, placeOfFormula, TapError, type TapFiles } from "./tap-layout.ts";

/** A checkout of a tap in a temporary folder. */
export interface Tap {
  readonly folder: string;
  readonly branch: string;
  readonly git: Git;
  readonly access: GitOptions;
}

/** Clones a tap's newest commit. A tap may have no commit yet. */
export async function openTap(access: GitOptions, folder: string, branch: string | undefined): Promise<Tap> {
  const git = openGit(access);
  const wanted = branch === undefined ? [] : ["--branch", branch];
  const clone = ["clone", "--quiet", "--depth=1", "--single-branch", "--no-tags", ...wanted, "--", access.url, folder];
  await readRemote(git, clone, access);
  const head = await git(["symbolic-ref", "--short", "HEAD"], { cwd: folder });
  return { folder, branch: head.stdout.trim(), git, access };
}

/** The path at which `brew` finds a formula in the tap, or would find a new one. */
export async function formulaPlace(tap: Tap, file: string): Promise<FormulaPlace> {
  return placeOfFormula(await tapFiles(tap), file);
}

async function tapFiles(tap: Tap): Promise<TapFiles> {
  const { stdout } = await tap.git(["ls-files", "-z", "--stage"], { cwd: tap.folder });
  const entries = stdout.split("\0").flatMap((entry) => {
    const [, mode, name] = /^(\d+) [0-9a-f]+ \d\t(.+)$/s.exec(entry) ?? [];
    return mode === undefined || name === undefined ? [] : [{ mode, name }];
  });
  const links = entries.filter(({ mode }) => mode === "120000");
  return {
    files: new Set(entries.filter(({ mode }) => mode.startsWith("100")).map(({ name }) => name)),
    links: new Map(await Promise.all(links.map(async ({ name }) => [name, await readLink(tap, name)] as const))),
    table: async (file) => {
      const text = await readTapFile(tap, file);
      return text === undefined
        ? new Map()
        : decodeJson(text, mapOf(string), { source: `${file} of the tap`, maxBytes: text.length * 4 });
    },
  };
}

/** Reads the target of a link from git, since systems without symbolic links check it out as a file. */
async function readLink(tap: Tap, name: string): Promise<string> {
  const { stdout } = await tap.git(["cat-file", "blob", `:${name}`], { cwd: tap.folder });
  return stdout;
}

/**
 * The text of a file in the tap; `undefined` if there is no such file.
 *
 * @throws TapError for anything that is not a file
 */
export async function readTapFile(tap: Tap, file: string): Promise<string | undefined> {
  const place = path.join(tap.folder, file);
  try {
    if (!(await lstat(place)).isFile()) throw new TapError(`${file} of the tap is not a file`);
    return await readFile(place, "utf8");
  } catch (error) {
    if (typeof error === "object" && error !== null && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
