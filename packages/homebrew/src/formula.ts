import { Fault } from "@release-actions/report";

export type Os = "macos" | "linux";
export type Arch = "arm" | "intel";

/** Where a part of a formula applies; `undefined` means everywhere. */
export interface Platform {
  readonly os: Os | undefined;
  readonly arch: Arch | undefined;
}

/** A literal string in a formula. */
export interface Literal {
  readonly value: string;
  /** From 1. */
  readonly line: number;
}

/** One archive a formula downloads, with where it is used. */
export interface FormulaDownload extends Platform {
  readonly url: Literal;
  /** `tag: "v1.2.3"` of a download by git. */
  readonly tag?: string | undefined;
  /** As many as are written; one is right. */
  readonly sha256: readonly Literal[];
}

/** What matters of a formula when it is published; the rest of it is Ruby and stays as it is. */
export interface Formula {
  /** The file's name for messages: `widget.rb`. */
  readonly file: string;
  readonly className: Literal;
  readonly version: Literal | undefined;
  readonly downloads: readonly FormulaDownload[];
  /** The formulae it needs, by the names it gives them: `gadget` or `acme/tap/gadget`. */
  readonly dependencies: readonly Literal[];
  /** What Homebrew would run as soon as it reads the file, and which is not a directive of a formula: as written. */
  readonly foreign: readonly Literal[];
}

/** A formula that cannot be followed, or must not be published. */
export class FormulaError extends Fault {
  override readonly name = "FormulaError";
}

/**
 * The class that Homebrew looks for in a file (Homebrew, `Formulary.class_s`): `widget-cli@1.2.rb`
 * holds `WidgetCliAT12`.
 */
export function classNameOf(file: string): string {
  const name = file.replace(/^.*\//, "").replace(/\.rb$/, "").toLowerCase();
  const capitalized = name.charAt(0).toUpperCase() + name.slice(1);
  return capitalized
    .replace(/[-_.\s]([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
    .replaceAll("+", "x")
    .replace(/(.)@(\d)/, "$1AT$2");
}

/** A version kept beside the newest one (docs.brew.sh, "Formulae Versions"): `widget@1.2.rb`. */
export function versionedFileName(file: string, line: string): string {
  return `${file.replace(/\.rb$/, "")}@${line}.rb`;
}
