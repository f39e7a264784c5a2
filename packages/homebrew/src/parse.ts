import { type Formula, type FormulaDownload, FormulaError, type Literal, type Platform } from "./formula.ts";
import { type Statement, scanFormula } from "./scan.ts";

/** What a formula says about itself in plain strings. Anything else there would be run by every `brew` that reads it. */
const DIRECTIVES = /^(desc|homepage|version|url|mirror|sha256|license)\b\s*(.*)$/;

/** A string without interpolation (Ruby, "String Literals"), and what may follow it in a directive. */
const PLAIN_STRING = /^(?:"((?:[^"\\#]|\\.|#(?![{@$]))*)"|'((?:[^'\\]|\\.)*)')\s*(?:,.*|#.*)?$/;

/**
 * Reads what matters of a formula.
 *
 * @throws FormulaError when its blocks cannot be followed, it has no class, or a directive is no plain string.
 */
export function parseFormula(text: string, file: string): Formula {
  const statements = scanFormula(text, file);
  const classes = statements.flatMap(({ text, line }) => {
    const value = /^class\s+(\w+)\s*<\s*Formula$/.exec(text)?.[1];
    return value === undefined ? [] : [{ value, line }];
  });
  const [className, second] = classes;
  if (className === undefined) throw at(file, 1, "has no `class … < Formula`");
  if (second !== undefined) throw at(file, second.line, "has a second formula");

  let version: Literal | undefined;
  const downloads: { platform: Platform; url: Literal; sha256: Literal[] }[] = [];
  for (const statement of statements) {
    const [, directive, rest = ""] = DIRECTIVES.exec(statement.text) ?? [];
    if (directive === undefined) continue;
    // `license any_of: [...]` and `license :public_domain` are no strings, and nothing in them is run.
    if (directive === "license" && /^(any_of:|all_of:|:\w+|\w+:)/.test(rest)) continue;
    const literal = readLiteral(directive, rest, statement, file);
    const { os, arch } = statement;
    if (directive === "version") {
      if (version !== undefined) throw at(file, statement.line, "has a second `version`");
      version = literal;
    } else if (directive === "url") {
      downloads.push({ platform: { os, arch }, url: literal, sha256: [] });
    } else if (directive === "sha256") {
      const last = downloads.at(-1);
      if (last === undefined || last.platform.os !== os || last.platform.arch !== arch) {
        throw at(file, statement.line, "has a `sha256` that follows no `url`");
      }
      last.sha256.push(literal);
    }
  }
  return {
    file,
    className,
    version,
    downloads: downloads.map(({ platform, ...rest }): FormulaDownload => ({ ...platform, ...rest })),
  };
}

function readLiteral(directive: string, rest: string, { line }: Statement, file: string): Literal {
  const [whole, double, single] = PLAIN_STRING.exec(rest) ?? [];
  if (whole === undefined) {
    throw at(file, line, `has a \`${directive}\` that is no plain string: ${rest.slice(0, 80)}`, {
      advice:
        "cargo-dist copies `description` and `homepage` of Cargo.toml without escaping: keep double quotes, " +
        "backslashes and `#{` out of them.",
    });
  }
  return { value: (double ?? single ?? "").replace(/\\(.)/g, "$1"), line };
}

function at(file: string, line: number, what: string, details: { advice?: string } = {}): FormulaError {
  return new FormulaError(`${file} ${what}`, { ...details, location: { file, line } });
}
