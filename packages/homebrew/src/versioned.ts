import { classNameOf, FormulaError } from "./formula.ts";
import { parseFormula } from "./parse.ts";

/**
 * Makes the formula of an older line, which exists next to the newest version: `widget@1.2.rb` with the class
 * `WidgetAT12`. It is `keg_only`, so that it does not replace `widget` in the PATH (docs.brew.sh, "Formulae Versions").
 */
export function versionedFormula(
  text: string,
  file: string,
  line: string,
): { readonly file: string; readonly text: string } {
  const formula = parseFormula(text, file);
  const versionedFile = `${file.toLowerCase().replace(/\.rb$/, "")}@${line}.rb`;
  const renamed = text.replace(`class ${formula.className.value} <`, `class ${classNameOf(versionedFile)} <`);
  if (/^\s*keg_only\b/m.test(renamed)) return { file: versionedFile, text: renamed };
  // `brew style` wants `keg_only` after the license, or after the version if there is no license.
  const place = /^ {2}license .*\n/m.exec(renamed) ?? /^ {2}version .*\n/m.exec(renamed);
  if (place === null)
    throw new FormulaError(`${file} has neither \`license\` nor \`version\`, after which \`keg_only\` could be added`);
  const end = place.index + place[0].length;
  return {
    file: versionedFile,
    text: `${renamed.slice(0, end)}\n  keg_only :versioned_formula\n${renamed.slice(end)}`,
  };
}

/**
 * Adds the `version_scheme` of the old formula to a new one. Homebrew compares it before the version (docs.brew.sh,
 * "Formula Cookbook"), but cargo-dist never writes it.
 */
export function withVersionScheme(text: string, scheme: number): string {
  return text.replace(/^ {2}version .*\n/m, (line) => `${line}  version_scheme ${scheme}\n`);
}
