import { existsSync } from "node:fs";
import path from "node:path";
import { readText } from "@release-actions/text";

const RECIPE = "notice-file";
/** The names that just looks for (just's manual, "Quick Start"). */
const NAMES = ["justfile", "Justfile", ".justfile", "JUSTFILE"];

/** The command that creates the notice: the given one, else the justfile's recipe; undefined for `none` or neither. */
export function chooseNotice(given: string | undefined, cwd: string): string | undefined {
  if (given !== undefined) return given === "none" ? undefined : given;
  const file = findJustfile(cwd);
  return file !== undefined && hasRecipe(file) ? `just ${RECIPE}` : undefined;
}

/** Finds the justfile as just does, in the working directory or the nearest folder above, up to the repository's. */
function findJustfile(cwd: string): string | undefined {
  for (let folder = path.resolve(cwd); ; folder = path.dirname(folder)) {
    const found = NAMES.map((name) => path.join(folder, name)).find((file) => existsSync(file));
    if (found !== undefined || existsSync(path.join(folder, ".git")) || folder === path.dirname(folder)) return found;
  }
}

function hasRecipe(file: string, seen: ReadonlySet<string> = new Set()): boolean {
  if (seen.has(file) || !existsSync(file)) return false;
  const text = readText(file);
  const recipe = new RegExp(`^@?${RECIPE}(?!\\s*:=)(?:\\s[^\\n]*?)?:(?!=)|^alias\\s+${RECIPE}\\s*:=`, "m");
  if (recipe.test(text)) return true;
  const imports = [...text.matchAll(/^import\??\s+(["'])(.+?)\1/gm)].map((match) => match[2] ?? "");
  return imports.some((each) => hasRecipe(path.resolve(path.dirname(file), each), new Set([...seen, file])));
}
