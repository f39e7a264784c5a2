import { posix } from "node:path";
import { Fault } from "@release-actions/report";

/** A tap that cannot be read or written, or in which Homebrew would not find the published formula. */
export class TapError extends Fault {
  override readonly name = "TapError";
}

/** The contents of a tap as git lists them: paths, and the targets of symbolic links. */
export interface TapFiles {
  readonly files: ReadonlySet<string>;
  /** The targets of symbolic links, as written, by path. */
  readonly links: ReadonlyMap<string, string>;
  /** Reads a file with a JSON object of strings, such as `formula_renames.json`; empty when there is no such file. */
  readonly table: (file: string) => Promise<ReadonlyMap<string, string>>;
}

/** The path at which `brew` finds a formula in a tap, or would find a new one. */
export interface FormulaPlace {
  readonly path: string;
  /** The formula's current path in the tap. It differs from `path` when its name is not in lower case. */
  readonly current: string | undefined;
}

/** The folders of formulae, in this order. Homebrew reads only the first that exists. */
const FOLDERS = ["Formula", "HomebrewFormula"] as const;

/**
 * Finds a formula as Homebrew does (Library/Homebrew/tap.rb, `formula_dir`, `formula_files_by_name`; formulary.rb,
 * `tap_formula_name_type`): names are in lower case, aliases and renames come before files, and if two files have the
 * same name, the longer path wins.
 *
 * @param file `widget.rb`.
 * @throws TapError when Homebrew would never read a file of that name here.
 */
export async function placeOfFormula(tap: TapFiles, file: string): Promise<FormulaPlace> {
  const name = file.replace(/\.rb$/, "").toLowerCase();
  await refuseOtherName(tap, name);
  const folder = formulaFolder(tap);
  const found = formulaeIn(tap, folder).filter((path) => posix.basename(path, ".rb").toLowerCase() === name);
  const exact = longest(found.filter((path) => posix.basename(path) === `${name}.rb`));
  const current = exact ?? longest(found);
  if (current !== undefined && tap.links.has(current)) {
    throw new TapError(`${current} is a symbolic link in the tap to ${tap.links.get(current)}`, {
      advice: "Replace it with a file: the link's target may belong to another formula.",
    });
  }
  const kept = current === undefined ? folder : posix.dirname(current);
  return { path: posix.join(kept, `${name}.rb`), current };
}

/** The folder of the formulae, without a trailing slash; `.` for the root. */
function formulaFolder(tap: TapFiles): string {
  for (const folder of FOLDERS) {
    const target = followed(tap, folder);
    if (isFolder(tap, target)) return target;
    const other = [...tap.files].find(
      (path) => path.split("/")[0]?.toLowerCase() === folder.toLowerCase() && path.includes("/"),
    );
    if (other !== undefined) {
      throw new TapError(`the tap has the folder ${other.split("/")[0]}, expected ${folder}`, {
        advice: "Rename it: Homebrew reads it on macOS, where case does not count, and not on Linux.",
      });
    }
  }
  const hasFormulae = [...tap.files].some((path) => /^[^/.][^/]*\.rb$/.test(path));
  return hasFormulae ? "." : FOLDERS[0];
}

/**
 * The `.rb` files below a folder, without those in hidden folders, as Ruby's glob lists them. Subfolders of the root
 * are not searched.
 */
function formulaeIn(tap: TapFiles, folder: string): readonly string[] {
  const prefix = folder === "." ? "" : `${folder}/`;
  return [...tap.files, ...tap.links.keys()].filter((path) => {
    const below = path.slice(prefix.length);
    return (
      path.startsWith(prefix) &&
      below.endsWith(".rb") &&
      !/(^|\/)\./.test(below) &&
      (prefix !== "" || !below.includes("/"))
    );
  });
}

/** The longest path. If several are equally long, the first in a walk through the folders wins. */
function longest(paths: readonly string[]): string | undefined {
  const walk = (path: string): string => path.replaceAll("/", "\u0000");
  const sorted = paths.toSorted((left, right) => right.length - left.length || (walk(left) < walk(right) ? -1 : 1));
  return sorted[0];
}

async function refuseOtherName(tap: TapFiles, name: string): Promise<void> {
  const refuse = (file: string, target: string | undefined): void => {
    if (target === undefined || target === "" || target === name) return;
    throw new TapError(`${file} of the tap maps ${name} to ${target}, so a ${name}.rb would never be read`, {
      advice: `Remove that entry from the tap, or rename the formula to ${posix.basename(target)} (\`formula\` in cargo-dist's configuration).`,
    });
  };
  const alias = `Aliases/${name}`;
  refuse(alias, tap.links.has(alias) ? posix.basename(followed(tap, alias), ".rb") : undefined);
  for (const file of ["formula_renames.json", "tap_migrations.json"]) refuse(file, (await tap.table(file)).get(name));
}

/**
 * Follows symbolic links.
 *
 * @throws TapError for a link that leads out of the tap
 */
function followed(tap: TapFiles, path: string): string {
  let at = path;
  for (let hops = 0; tap.links.has(at); hops += 1) {
    const target = tap.links.get(at) ?? "";
    at = posix.normalize(posix.join(posix.dirname(at), target)).replace(/\/$/, "");
    if (hops > 10 || posix.isAbsolute(target) || at.startsWith("..")) {
      throw new TapError(`${path} is a symbolic link in the tap to ${target}, which is not in the tap`);
    }
  }
  return at;
}

function isFolder(tap: TapFiles, folder: string): boolean {
  const prefix = `${folder}/`;
  return [...tap.files, ...tap.links.keys()].some((path) => path.startsWith(prefix));
}
