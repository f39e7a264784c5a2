import { Fault } from "@release-actions/report";

export type Os = "macos" | "linux";
export type Arch = "arm" | "intel";

/** The platform to which a part of a formula applies; `undefined` means any. */
export interface Platform {
  readonly os: Os | undefined;
  readonly arch: Arch | undefined;
}

/** A literal string in a formula. */
export interface Literal {
  readonly value: string;
  /** The line number, from 1. */
  readonly line: number;
}

/** An archive that a formula downloads, with its platform. */
export interface FormulaDownload extends Platform {
  readonly url: Literal;
  /** The tag of a git download: `tag: "v1.2.3"`. */
  readonly tag?: string | undefined;
  /** All `sha256` directives of this download; a correct formula has one. */
  readonly sha256: readonly Literal[];
}

/** The parts of a formula that matter for publishing. All other Ruby code stays unchanged. */
export interface Formula {
  /** The file's name for messages: `widget.rb`. */
  readonly file: string;
  readonly className: Literal;
  readonly version: Literal | undefined;
  readonly downloads: readonly FormulaDownload[];
  /** The formulae that it depends on, as written: `gadget` or `acme/tap/gadget`. */
  readonly dependencies: readonly Literal[];
  /** The statements, as written, that Homebrew would run when it reads the file and that are not directives. */
  readonly foreign: readonly Literal[];
}

/** A formula that cannot be parsed or must not be published. */
export class FormulaError extends Fault {
  override readonly name = "FormulaError";
}

/** The error for a line that the parser does not understand. @param what what the line has, such as `a string without its end` */
export function cannotParse(file: string, line: number, what: string): FormulaError {
  return new FormulaError(`${file} cannot be parsed: line ${line} has ${what}`, { location: { file, line } });
}

/**
 * The name of the class that Homebrew expects in a file (Homebrew, `Formulary.class_s`): `WidgetCliAT12` for
 * `widget-cli@1.2.rb`.
 */
export function classNameOf(file: string): string {
  const name = file.replace(/^.*\//, "").replace(/\.rb$/, "").toLowerCase();
  const capitalized = name.charAt(0).toUpperCase() + name.slice(1);
  return capitalized
    .replace(/[-_.\s]([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
    .replaceAll("+", "x")
    .replace(/(.)@(\d)/, "$1AT$2");
}
