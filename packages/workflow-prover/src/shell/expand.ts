import type { DoubleQuotedChild, ParameterExpansionPart, ParsedScript, Word, WordPart } from "unbash";
import { CannotTell } from "../choices.ts";
import { calculate } from "./arithmetic.ts";
import { patternSource } from "./glob.ts";
import type { Variables } from "./variables.ts";

/** The parts of the interpreter that expansion needs. */
export interface Expander {
  readonly variables: Variables;
  /** Runs `$(...)` and returns what it prints. */
  capture(script: ParsedScript): string;
}

/** A piece of a word. Quoted and literal text is not split at blanks. */
interface Piece {
  readonly text: string;
  readonly splits: boolean;
  /** Whether the piece begins a new field, like each item of `"${list[@]}"`. */
  readonly breaks?: boolean;
}

/** The arguments into which a word of a command expands. */
export function fieldsOf(word: Word, shell: Expander): string[] {
  const fields: string[] = [];
  let current: string | undefined;
  const push = (): void => {
    if (current !== undefined) fields.push(current);
    current = undefined;
  };
  for (const piece of piecesOf(word, shell)) {
    if (piece.breaks === true) push();
    if (!piece.splits) {
      current = (current ?? "") + piece.text;
      continue;
    }
    piece.text.split(/[ \t\n]+/).forEach((part, index) => {
      if (index > 0) push();
      if (part !== "") current = (current ?? "") + part;
    });
  }
  push();
  return fields;
}

/** The expanded text of a word in a place without splitting: an assignment, a test, a `case`. */
export function textOf(word: Word, shell: Expander): string {
  return piecesOf(word, shell)
    .map(({ text, breaks }, index) => (breaks === true && index > 0 ? ` ${text}` : text))
    .join("");
}

function piecesOf(word: Word, shell: Expander): Piece[] {
  if (word.parts === undefined) return [{ text: word.value, splits: false }];
  return word.parts.flatMap((part) => piecesOfPart(part, shell, false));
}

function piecesOfPart(part: WordPart | DoubleQuotedChild, shell: Expander, isQuoted: boolean): Piece[] {
  const plain = (text: string): Piece[] => [{ text, splits: false }];
  const expanded = (text: string): Piece[] => [{ text, splits: !isQuoted }];
  switch (part.type) {
    case "Literal":
    case "SingleQuoted":
    case "AnsiCQuoted":
    case "Glob":
      return plain(part.value);
    case "DoubleQuoted":
    case "LocaleString":
      return part.parts.length === 0 ? plain("") : part.parts.flatMap((child) => piecesOfPart(child, shell, true));
    case "SimpleExpansion": {
      const name = part.text.slice(1);
      if (name === "@" && isQuoted) return items(shell.variables.positional);
      return expanded(shell.variables.get(name) ?? "");
    }
    case "ParameterExpansion":
      return parameter(part, shell, isQuoted);
    case "CommandExpansion":
      if (part.script === undefined) throw new CannotTell(`the command in ${part.text}`);
      return expanded(shell.capture(part.script).replace(/\n+$/, ""));
    case "ArithmeticExpansion":
      return expanded(String(calculate(part.expression, shell.variables)));
    default:
      throw new CannotTell(part.text);
  }
}

function items(values: readonly string[]): Piece[] {
  return values.map((text) => ({ text, splits: false, breaks: true }));
}

function parameter(part: ParameterExpansionPart, shell: Expander, isQuoted: boolean): Piece[] {
  const { variables } = shell;
  const { parameter: name, prefix, operation } = part;
  const index = part.index?.value;
  const isAll = index === "@" || index === "*" || ((name === "@" || name === "*") && index === undefined);
  if (prefix === "!" && isAll) return items(variables.keys(name));
  if (prefix === "!") throw new CannotTell(`the variable that ${part.text} names`);
  if (prefix === "#") {
    const length = isAll ? variables.items(name).length : (variables.get(name) ?? "").length;
    return [{ text: String(length), splits: false }];
  }
  if (isAll && operation === undefined) {
    const all = variables.items(name);
    if (isQuoted && index !== "*" && name !== "*") return items(all);
    return [{ text: all.join(" "), splits: !isQuoted }];
  }
  const value = part.index === undefined ? variables.get(name) : itemAt(textOf(part.index, shell), name, variables);
  return [{ text: operated(value, part, shell), splits: !isQuoted }];
}

/** An item of an array. The index may be the name of a variable that has it. */
function itemAt(index: string, name: string, variables: Variables): string | undefined {
  const item = variables.item(name, index);
  return item === undefined && /^\w+$/.test(index) ? variables.item(name, variables.get(index) ?? index) : item;
}

function operated(
  value: string | undefined,
  { operation, parameter: name, text }: ParameterExpansionPart,
  shell: Expander,
): string {
  const known = value ?? "";
  if (operation === undefined) return known;
  switch (operation.type) {
    case "Default": {
      const isMissing = value === undefined || (operation.operator.startsWith(":") && value === "");
      const other = (): string => textOf(operation.operand, shell);
      if (operation.operator.endsWith("+")) return isMissing ? "" : other();
      if (!isMissing) return value;
      if (operation.operator.endsWith("=")) shell.variables.set(name, other());
      if (operation.operator.endsWith("?")) throw new CannotTell(text);
      return other();
    }
    case "Remove": {
      const { operator } = operation;
      const source = patternSource(textOf(operation.operand, shell), operator.length === 2);
      // The longer the text before a suffix, the shorter the suffix.
      if (operator === "%") return known.replace(new RegExp(`^(.*)${source}$`, "s"), "$1");
      return known.replace(new RegExp(operator.startsWith("#") ? `^${source}` : `${source}$`, "s"), "");
    }
    case "Replace": {
      const source = patternSource(textOf(operation.pattern, shell), true);
      const replacement = textOf(operation.replacement, shell);
      const anchored = operation.operator === "/#" ? `^${source}` : operation.operator === "/%" ? `${source}$` : source;
      return known.replace(new RegExp(anchored, operation.operator === "//" ? "gs" : "s"), () => replacement);
    }
    case "CaseModification":
      if (operation.operator === ",,") return known.toLowerCase();
      if (operation.operator === "^^") return known.toUpperCase();
      throw new CannotTell(text);
    default:
      throw new CannotTell(text);
  }
}
