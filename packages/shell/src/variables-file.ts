import {
  type AndOr,
  type Command,
  type CommandNode,
  type CompoundList,
  type PipelineNode,
  parse,
  type Redirection,
} from "unbash";
import { listsIn } from "./lists.ts";
import { EXPRESSION, maskExpressions, type Piece, piecesOf, textOf } from "./pieces.ts";

/** A variable that a script writes to a file of `NAME=value` lines, such as `GITHUB_ENV`. */
export interface FileVariable {
  readonly name: string;
  /** Undefined when the value depends on an expansion or an expression, or has several lines. */
  readonly value: string | undefined;
  /** The offset of the value, if the script contains it character for character; else the offset of the command. */
  readonly start: number;
  readonly isVerbatim: boolean;
}

/**
 * The variables that a bash script adds to the file whose path is in `variable`, with `echo`, `printf`, heredocs or `tee`,
 * one by one or in groups (GitHub docs: "Setting an environment variable").
 */
export function variablesWrittenTo(variable: string, script: string): FileVariable[] {
  const source = maskExpressions(script);
  const writer = new Writer(variable, source);
  writer.list(parse(source), false);
  return readLines(writer.pieces);
}

/** A placeholder for output that is unknown until the script runs. */
const UNKNOWN = "\uE001";

class Writer {
  readonly pieces: Piece[] = [];
  readonly #variable: string;
  readonly #source: string;

  constructor(variable: string, source: string) {
    this.#variable = variable;
    this.#source = source;
  }

  /** @param isInside whether all output already goes to the file */
  list({ commands }: Pick<CompoundList, "commands">, isInside: boolean): void {
    for (const { command } of commands) this.#pipelines(command, isInside);
  }

  #pipelines(node: PipelineNode | AndOr, isInside: boolean): void {
    if (node.type === "AndOr") for (const each of node.commands) this.#pipelines(each, isInside);
    else if (node.type === "Pipeline") this.#pipe(node.commands, isInside);
    else this.#node(node, isInside);
  }

  /** In `echo x | tee -a "$FILE"` the output of the first command goes to the file. */
  #pipe(commands: readonly CommandNode[], isInside: boolean): void {
    const last = commands.at(-1);
    const writes = last !== undefined && (isInside || this.#isTee(last) || this.#isCat(last));
    const [producer] = commands;
    if (commands.length === 2 && producer !== undefined) this.#node(producer, writes);
    else for (const each of commands) this.#node(each, false);
  }

  #node(node: CommandNode, isInside: boolean): void {
    if (node.type === "Command") {
      if (isInside || this.#goesToFile(node.redirects) || this.#isTee(node))
        this.pieces.push(...outputOf(node, this.#source));
    } else if (node.type === "Redirected") this.#node(node.command, isInside || this.#goesToFile(node.redirects));
    else for (const { list, isCondition } of listsIn(node)) if (!isCondition) this.list(list, isInside);
  }

  #goesToFile(redirects: readonly Redirection[]): boolean {
    return redirects.some(
      (each) =>
        each.type === "Redirect" &&
        each.operator.includes(">") &&
        each.target !== undefined &&
        this.#names(this.#source.slice(each.target.pos, each.target.end)),
    );
  }

  #isTee(node: CommandNode): boolean {
    if (node.type !== "Command" || node.name?.value !== "tee") return false;
    return node.args.some((arg) => arg.type === "Word" && this.#names(this.#source.slice(arg.pos, arg.end)));
  }

  #isCat(node: CommandNode): boolean {
    return node.type === "Command" && node.name?.value === "cat" && this.#goesToFile(node.redirects);
  }

  #names(text: string): boolean {
    return new RegExp(`(?<![A-Za-z0-9_])${this.#variable}(?!\\w)`).test(text);
  }
}

/** The output of a command, which is an unknown piece if the command is not supported. */
function outputOf(node: Command, source: string): Piece[] {
  const name = node.name?.value;
  const args = node.args.map((arg): Piece[] =>
    arg.type === "Word" ? piecesOf(arg, source) : [{ text: arg.text, start: arg.pos }],
  );
  if (name === "echo") return echoed(args);
  if (name === "printf") return printed(args);
  const body = node.redirects.find((each) => each.type === "HereDoc");
  if (body?.type === "HereDoc" && (name === "cat" || name === "tee")) return piecesOf(body.body, source);
  const string = node.redirects.find((each) => each.type === "HereString");
  if (string?.type === "HereString" && string.target !== undefined)
    return [...piecesOf(string.target, source), NEWLINE];
  return name === "tee" ? [] : [{ text: undefined, start: node.pos }, NEWLINE];
}

const NEWLINE: Piece = { text: "\n", start: undefined };
const SPACE: Piece = { text: " ", start: undefined };

function echoed(args: readonly Piece[][]): Piece[] {
  const first = args.findIndex((arg) => !/^-[neE]+$/.test(textOf(arg) ?? ""));
  const flags = args.slice(0, first < 0 ? args.length : first).map((arg) => textOf(arg) ?? "");
  const words = first < 0 ? [] : args.slice(first);
  const isEscaped = flags.some((flag) => flag.includes("e"));
  const pieces = words.flatMap((arg, index) => (index === 0 ? arg : [SPACE, ...arg]));
  const end = flags.some((flag) => flag.includes("n")) ? [] : [NEWLINE];
  return [...(isEscaped ? pieces.map(unescaped) : pieces), ...end];
}

/** The output of `printf` with `%s`, `%d` and `%%`. The format is repeated until all arguments are used. */
function printed([format = [], ...args]: readonly Piece[][]): Piece[] {
  const pattern = textOf(format);
  if (pattern === undefined) return [{ text: undefined, start: undefined }, NEWLINE];
  const rest = [...args];
  const output: Piece[] = [];
  do {
    let at = format.length === 1 ? format[0]?.start : undefined;
    for (const [piece] of pattern.matchAll(/%%|%[-0-9.]*[a-zA-Z]|\\.|[^%\\]+|[\s\S]/g)) {
      if (piece === "%%") output.push({ text: "%", start: undefined });
      else if (/^%.*[a-zA-Z]$/.test(piece)) output.push(...(rest.shift() ?? []));
      else
        output.push(piece.startsWith("\\") ? unescaped({ text: piece, start: undefined }) : { text: piece, start: at });
      at = at === undefined ? undefined : at + piece.length;
    }
  } while (rest.length > 0 && pattern.includes("%"));
  return output;
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", "\\": "\\", '"': '"', "'": "'" };

function unescaped({ text, start }: Piece): Piece {
  if (text === undefined || !text.includes("\\")) return { text, start };
  return { text: text.replace(/\\(.)/gs, (whole, letter: string) => ESCAPES[letter] ?? whole), start: undefined };
}

/** Parses `NAME=value`, or `NAME<<END` followed by lines and `END`. */
function readLines(pieces: readonly Piece[]): FileVariable[] {
  const found: FileVariable[] = [];
  let until: string | undefined;
  for (const line of linesOf(pieces)) {
    const text = line.map((each) => each.text).join("");
    if (until !== undefined) {
      if (text.trim() === until) until = undefined;
      continue;
    }
    const match = /^\s*([A-Za-z_]\w*)(=|<<)(.*)$/s.exec(text);
    if (match === null) continue;
    const [, name = "", operator, rest = ""] = match;
    const value = line.slice(text.length - rest.length);
    const start = value[0]?.start ?? line.find((each) => each.start !== undefined)?.start ?? 0;
    if (operator === "<<") until = rest.trim();
    const isKnown = operator === "=" && !rest.includes(UNKNOWN) && !rest.includes(EXPRESSION);
    const isVerbatim = isKnown && value.every((each, at) => each.start === start + at) && value.length > 0;
    found.push({ name, value: isKnown ? rest.replace(/\r$/, "") : undefined, start, isVerbatim });
  }
  return found;
}

/** The characters of each line, one piece each. */
function linesOf(pieces: readonly Piece[]): Piece[][] {
  const lines: Piece[][] = [[]];
  for (const { text, start } of pieces) {
    for (const [at, character] of [...(text ?? UNKNOWN)].entries()) {
      if (character === "\n") lines.push([]);
      else lines.at(-1)?.push({ text: character, start: start === undefined ? undefined : start + at });
    }
  }
  return lines;
}
