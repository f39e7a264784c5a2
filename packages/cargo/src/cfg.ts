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

type Expression =
  | { readonly kind: "cfg"; readonly cfg: Cfg }
  | { readonly kind: "constant"; readonly value: boolean }
  | { readonly kind: "all" | "any" | "not"; readonly operands: readonly Expression[] };

/**
 * Evaluates the key of a `[target.'cfg(..)']` table. Returns undefined when the text is not a valid
 * expression, which cargo silently ignores (`CfgExpr::matches_key` in cargo-platform).
 */
export function matchesCfg(key: string, active: readonly Cfg[]): boolean | undefined {
  const expression = parseExpression(key);
  return expression === undefined ? undefined : evaluate(expression, active);
}

function evaluate(expression: Expression, active: readonly Cfg[]): boolean {
  switch (expression.kind) {
    case "constant":
      return expression.value;
    case "cfg": {
      const { name, value } = expression.cfg;
      return active.some((cfg) => cfg.name === name && cfg.value === value);
    }
    case "all":
      return expression.operands.every((operand) => evaluate(operand, active));
    case "any":
      return expression.operands.some((operand) => evaluate(operand, active));
    case "not":
      return !expression.operands.every((operand) => evaluate(operand, active));
  }
}

// cargo-platform accepts only the space character as white space.
const TOKEN = / *(?:((?:r#)?[A-Za-z_][A-Za-z0-9_]*)|"([^"]*)"|([(),=]))/y;

interface Token {
  readonly word?: string | undefined;
  readonly string?: string | undefined;
  readonly sign?: string | undefined;
}

function parseExpression(key: string): Expression | undefined {
  // cargo checks for `cfg(` before it parses, so `cfg (unix)` is the name of a target.
  const tokens = key.startsWith("cfg(") && key.endsWith(")") ? tokenize(key) : undefined;
  if (tokens === undefined || tokens[0]?.word !== "cfg" || tokens[1]?.sign !== "(") return undefined;
  const parsed = operand(tokens, 2);
  if (parsed === undefined || tokens[parsed.next]?.sign !== ")" || parsed.next !== tokens.length - 1) return undefined;
  return parsed.expression;
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

type Parsed = { readonly expression: Expression; readonly next: number } | undefined;

function operand(tokens: readonly Token[], at: number): Parsed {
  const word = tokens[at]?.word;
  if (word === undefined) return undefined;
  const following = tokens[at + 1];
  if ((word === "all" || word === "any" || word === "not") && following?.sign === "(")
    return combination(word, tokens, at + 2);
  if (following?.sign === "=") {
    const value = tokens[at + 2]?.string;
    return value === undefined ? undefined : { expression: cfgOf(word, value), next: at + 3 };
  }
  const constant = word === "true" || word === "false";
  return { expression: constant ? { kind: "constant", value: word === "true" } : cfgOf(word, undefined), next: at + 1 };
}

function combination(kind: "all" | "any" | "not", tokens: readonly Token[], start: number): Parsed {
  const operands: Expression[] = [];
  let at = start;
  while (tokens[at]?.sign !== ")") {
    const parsed = operand(tokens, at);
    if (parsed === undefined) return undefined;
    operands.push(parsed.expression);
    at = parsed.next;
    if (tokens[at]?.sign === "," && kind !== "not") at += 1;
    else if (tokens[at]?.sign !== ")") return undefined;
  }
  if (kind === "not" && operands.length !== 1) return undefined;
  return { expression: { kind, operands }, next: at + 1 };
}

function cfgOf(word: string, value: string | undefined): Expression {
  return { kind: "cfg", cfg: { name: word.replace(/^r#/, ""), value } };
}
