import { foreignStatements } from "./foreign.ts";
import { type Formula, type FormulaDownload, FormulaError, type Literal } from "./formula.ts";
import { isLiteral, type Tokens } from "./lex.ts";
import { type Statement, scanFormula, written } from "./scan.ts";

/** Directives that must have plain strings, because any other expression would run whenever `brew` reads the formula. */
const PLAIN: readonly string[] = ["desc", "homepage", "version", "url", "mirror", "sha256"];

/**
 * Reads the parts of a formula that matter for publishing.
 *
 * @throws FormulaError when its blocks cannot be parsed, it has no class, or one of these directives is not a plain
 * string.
 */
export function parseFormula(text: string, file: string): Formula {
  const statements = scanFormula(text, file);
  const classes = statements.flatMap(({ tokens, line }) => {
    const isFormula = tokens.length === 4 && tokens[0]?.text === "class" && written(tokens.slice(2)) === "<Formula";
    return isFormula ? [{ value: tokens[1]?.text ?? "", line }] : [];
  });
  const [className, second] = classes;
  if (className === undefined) throw at(file, 1, "has no `class … < Formula`");
  if (second !== undefined) throw at(file, second.line, "has a second formula");

  let version: Literal | undefined;
  const downloads: (FormulaDownload & { readonly sha256: Literal[] })[] = [];
  for (const statement of statements) {
    const [first, ...args] = statement.tokens;
    if (statement.place !== "class" || first?.kind !== "word" || !PLAIN.includes(first.text)) continue;
    const literal = readLiteral(first.text, args, statement, file);
    const { os, arch } = statement;
    if (first.text === "version") {
      if (version !== undefined) throw at(file, statement.line, "has a second `version`");
      version = literal;
    } else if (first.text === "url") {
      downloads.push({ os, arch, url: literal, tag: optionOf(args, "tag"), sha256: [] });
    } else if (first.text === "sha256") {
      const last = downloads.at(-1);
      if (last === undefined || last.os !== os || last.arch !== arch) {
        throw at(file, statement.line, "has a `sha256` that follows no `url`");
      }
      last.sha256.push(literal);
    }
  }
  return {
    file,
    className,
    version,
    downloads,
    dependencies: statements.flatMap(({ tokens: [first, name], place, line }) =>
      place === "class" && first?.text === "depends_on" && name?.kind === "string" ? [{ value: name.text, line }] : [],
    ),
    foreign: foreignStatements(statements),
  };
}

/** The value of an option such as `tag: "v1.2.3"`. */
export function optionOf(args: Tokens, name: string): string | undefined {
  const label = args.findIndex(({ kind, text }) => kind === "label" && text === name);
  const value = label < 0 ? undefined : args[label + 1];
  return value?.kind === "string" ? value.text : undefined;
}

function readLiteral(directive: string, args: Tokens, { line }: Statement, file: string): Literal {
  const [value, comma] = args[0]?.text === "(" ? args.slice(1, -1) : args;
  const isPlain =
    value?.kind === "string" && !/\p{Cc}/u.test(value.text) && (comma === undefined || comma.text === ",");
  if (!isPlain || !args.every(isLiteral)) {
    throw at(file, line, `has a \`${directive}\` that is not a plain string: ${written(args).slice(0, 80)}`, {
      advice:
        "cargo-dist copies `description` and `homepage` of Cargo.toml without escaping: keep double quotes, " +
        "backslashes, line ends and `#{` out of them.",
    });
  }
  return { value: value.text, line };
}

function at(file: string, line: number, what: string, details: { advice?: string } = {}): FormulaError {
  return new FormulaError(`${file} ${what}`, { ...details, location: { file, line } });
}
