import type { Literal } from "./formula.ts";
import { isLiteral, type Tokens } from "./lex.ts";
import { HOOKS, PLATFORM_BLOCKS, type Statement } from "./scan.ts";

/** Homebrew's directives whose arguments are plain values (docs.brew.sh, "Formula Cookbook"; Homebrew's `formula.rb`). */
const DIRECTIVES: ReadonlySet<string> = new Set(
  `desc homepage version url mirror sha256 license revision version_scheme compatibility_version head keg_only depends_on
  uses_from_macos conflicts_with link_overwrite skip_clean option deprecated_option deprecate! disable! no_autobump!
  allow_network_access! deny_network_access! preserve_rpath fails_with cxxstdlib_check env pour_bottle? regex strategy
  formula skip throttle root_url rebuild cellar apply directory type branch`.split(/\s+/),
);

/** Blocks of directives, which Homebrew runs when it reads the file. */
const BLOCKS: readonly string[] = ["livecheck", "bottle", "resource", "head", "patch", "stable"];

/**
 * The statements that `brew` would run whenever it reads the formula and that are not directives. A formula may have
 * directives and define methods, but must not run other code when it is read.
 */
export function foreignStatements(statements: readonly Statement[]): readonly Literal[] {
  return statements
    .filter((statement, index) => !isKnown(statement, statements[index + 1]))
    .map(({ tokens, line }) => ({ value: spaced(tokens), line }));
}

function isKnown({ tokens, place }: Statement, next: Statement | undefined): boolean {
  const [first, second] = tokens;
  if (place === "outside") return first?.text === "class" && tokens.length === 4;
  if (place === "deferred") {
    // After a plain `end` the class continues, but code such as `end.call` would run there.
    return next?.place === "deferred" || isBareEnd(tokens);
  }
  if (isBareEnd(tokens) || (tokens.length === 1 && first?.text === "else")) return true;
  if (first?.kind !== "word") return false;
  if (first.text === "def") return !tokens.some(isEnd) || isEnd(tokens.at(-1));
  if (place === "class" && (first.text === "if" || first.text === "elsif")) return isCondition(tokens.slice(1), next);
  if (tokens.at(-1)?.text === "do") {
    const isBlock = place === "class" ? [...BLOCKS, ...Object.keys(PLATFORM_BLOCKS)] : BLOCKS;
    if (HOOKS.includes(first.text) && place === "class") return tokens.length === 2;
    return isBlock.includes(first.text) && tokens.slice(1, -1).every(isLiteral);
  }
  if (/^[A-Z]/.test(first.text) && second?.text === "=") return isFrozenLiteral(tokens.slice(2));
  return DIRECTIVES.has(first.text) && tokens.slice(1).every(isLiteral);
}

/** A condition is known if the scanner places the next statement in the class, which it does only for platform conditions. */
function isCondition(tokens: Tokens, next: Statement | undefined): boolean {
  return !tokens.some(({ text }) => text === "then") && next?.place === "class";
}

function isFrozenLiteral(tokens: Tokens): boolean {
  const isFrozen = tokens.at(-1)?.text === "freeze" && tokens.at(-2)?.text === ".";
  return (isFrozen ? tokens.slice(0, -2) : tokens).every(isLiteral);
}

function isBareEnd(tokens: Tokens): boolean {
  return tokens.length === 1 && isEnd(tokens[0]);
}

function isEnd(token: Tokens[number] | undefined): boolean {
  return token?.kind === "word" && token.text === "end";
}

function spaced(tokens: Tokens): string {
  const line = tokens.map(({ kind, text }) => (kind === "string" ? JSON.stringify(text) : text)).join(" ");
  return line.length > 80 ? `${line.slice(0, 80)}…` : line;
}
