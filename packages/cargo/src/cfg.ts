/** One line of `rustc --print cfg`: `unix` or `target_os="linux"`. */
export interface Cfg {
  readonly name: string;
  readonly value: string | undefined;
}

/** Reads the output of `rustc --print cfg`. */
export function parseCfgLines(text: string): Cfg[] {
  return text
    .split("\n")
    .map((line) => /^([^=]+?)\s*(?:=\s*"(.*)")?$/.exec(line.trim()))
    .flatMap((match) => (match?.[1] === undefined ? [] : [{ name: match[1], value: match[2] }]));
}

/**
 * Evaluates the key of a `[target.'cfg(..)']` table. Returns undefined when the text is not a valid
 * expression, which cargo silently ignores (`CfgExpr::matches_key` in cargo-platform).
 */
export function matchesCfg(key: string, active: readonly Cfg[]): boolean | undefined {
  // cargo checks for `cfg(` before it parses, so `cfg (unix)` is the name of a target.
  const tokens = key.startsWith("cfg(") && key.endsWith(")") ? tokenize(key) : undefined;
  if (tokens === undefined || tokens[0]?.word !== "cfg" || tokens[1]?.sign !== "(") return undefined;
  const found = operand(tokens, 2, active);
  // The last token is the parenthesis with which the key ends.
  return found !== undefined && found.next === tokens.length - 1 ? found.value : undefined;
}

// cargo-platform accepts only the space character as white space.
const TOKEN = / *(?:((?:r#)?[A-Za-z_][A-Za-z0-9_]*)|"([^"]*)"|([(),=]))/y;

interface Token {
  readonly word?: string | undefined;
  readonly string?: string | undefined;
  readonly sign?: string | undefined;
}

function tokenize(text: string): Token[] | undefined {
  const tokens: Token[] = [];
  const end = text.length;
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < end; ) {
    const match = TOKEN.exec(text);
    if (match === null) return undefined;
    tokens.push({ word: match[1], string: match[2], sign: match[3] });
  }
  return tokens;
}

/** The value of a valid expression, and the position of the token after it. */
type Evaluated = { readonly value: boolean; readonly next: number } | undefined;

function operand(tokens: readonly Token[], at: number, active: readonly Cfg[]): Evaluated {
  const word = tokens[at]?.word;
  if (word === undefined) return undefined;
  const following = tokens[at + 1];
  if ((word === "all" || word === "any" || word === "not") && following?.sign === "(")
    return combination(word, tokens, at + 2, active);
  const name = word.replace(/^r#/, "");
  const isActive = (value: string | undefined) => active.some((cfg) => cfg.name === name && cfg.value === value);
  if (following?.sign === "=") {
    const value = tokens[at + 2]?.string;
    return value === undefined ? undefined : { value: isActive(value), next: at + 3 };
  }
  const isConstant = word === "true" || word === "false";
  return { value: isConstant ? word === "true" : isActive(undefined), next: at + 1 };
}

function combination(
  kind: "all" | "any" | "not",
  tokens: readonly Token[],
  start: number,
  active: readonly Cfg[],
): Evaluated {
  const values: boolean[] = [];
  let at = start;
  while (tokens[at]?.sign !== ")") {
    const found = operand(tokens, at, active);
    if (found === undefined) return undefined;
    values.push(found.value);
    at = found.next;
    if (tokens[at]?.sign === "," && kind !== "not") at += 1;
    else if (tokens[at]?.sign !== ")") return undefined;
  }
  if (kind === "not" && values.length !== 1) return undefined;
  const value = { all: values.every(Boolean), any: values.some(Boolean), not: !values[0] }[kind];
  return { value, next: at + 1 };
}
