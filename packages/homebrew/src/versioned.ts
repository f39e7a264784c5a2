import { classNameOf, FormulaError, versionedFileName } from "./formula.ts";
import { parseFormula } from "./parse.ts";

/**
 * Makes the formula of an older line, kept beside the newest version: `widget@1.2.rb` with the class
 * `WidgetAT12`, and `keg_only`, so that it does not take the place of `widget` on anybody's PATH
 * (docs.brew.sh, "Formulae Versions").
 */
export function versionedFormula(
  text: string,
  file: string,
  line: string,
): { readonly file: string; readonly text: string } {
  const formula = parseFormula(text, file);
  const versionedFile = versionedFileName(file.toLowerCase(), line);
  const renamed = text.replace(`class ${formula.className.value} <`, `class ${classNameOf(versionedFile)} <`);
  if (/^\s*keg_only\b/m.test(renamed)) return { file: versionedFile, text: renamed };
  // Where `brew style` wants it: after the license, or else before the first blank line of the class.
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
 * Carries a `version_scheme` over into a new formula. Homebrew compares it before the version (docs.brew.sh, "Formula
 * Cookbook"), and cargo-dist never writes one.
 */
export function withVersionScheme(text: string, scheme: number): string {
  return text.replace(/^ {2}version .*\n/m, (line) => `${line}  version_scheme ${scheme}\n`);
}
