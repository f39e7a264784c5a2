import {
  type AndOr,
  type Assignment,
  type Command,
  type CommandNode,
  type CompoundList,
  type PipelineNode,
  parse,
  type Word,
} from "unbash";
import { listsIn } from "./lists.ts";
import { maskExpressions, type Piece, piecesOf, textOf } from "./pieces.ts";

/** A word of a command. Offsets refer to the script; `end` is exclusive. */
export interface ShellWord {
  /** The value without quotes; undefined when it depends on an expansion or an expression. */
  readonly value: string | undefined;
  /** As written, quotes included. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** The offset of the value, if the script contains it character for character. */
  readonly valueStart: number | undefined;
  /** `NAME` if the whole word is `$NAME` or `${NAME}`, with or without double quotes. */
  readonly variable: string | undefined;
}

/** An assignment `NAME=value`. */
export interface ShellAssignment {
  readonly name: string;
  readonly value: ShellWord;
}

/** One simple command, including those in lists, branches and functions, but not those in substitutions. */
export interface ShellCommand {
  readonly words: readonly ShellWord[];
  /** `NAME=value` before the command, alone, or after `export`, `readonly` and `declare`. */
  readonly assignments: readonly ShellAssignment[];
  readonly start: number;
}

/** Programs that start the command that follows their own options. */
const WRAPPERS = new Set(["command", "exec", "env", "nice", "sudo", "time", "xvfb-run"]);
const DECLARATIONS = new Set(["export", "readonly", "declare", "typeset", "local"]);

/** Every simple command of a bash script. Parts that the parser cannot read are left out; no script causes an error. */
export function commandsOf(script: string): ShellCommand[] {
  const source = maskExpressions(script);
  return Array.from(simpleCommands(parse(source)), (node) => readCommand(node, source, script));
}

function* simpleCommands({ commands }: Pick<CompoundList, "commands">): Generator<Command> {
  for (const { command } of commands) yield* inPipelines(command);
}

function* inPipelines(node: PipelineNode | AndOr): Generator<Command> {
  if (node.type === "AndOr" || node.type === "Pipeline") for (const each of node.commands) yield* inPipelines(each);
  else yield* inNode(node);
}

function* inNode(node: CommandNode): Generator<Command> {
  if (node.type === "Command") yield node;
  else if (node.type === "Redirected") yield* inNode(node.command);
  else if (node.type !== "Function" && node.type !== "Coproc")
    for (const { list } of listsIn(node)) yield* simpleCommands(list);
  else if (node.body.type === "CompoundList") yield* simpleCommands(node.body);
  else yield* inNode(node.body);
}

function readCommand(node: Command, source: string, script: string): ShellCommand {
  const assigned = (each: Assignment): ShellAssignment[] =>
    each.value.type === "Word" ? [{ name: each.name, value: readWord(each.value, source, script) }] : [];
  const assignments = node.prefix.flatMap((each) => (each.type === "Assignment" ? assigned(each) : []));
  const words: ShellWord[] = node.name === undefined ? [] : [readWord(node.name, source, script)];
  for (const arg of node.args) {
    if (arg.type === "Word") words.push(readWord(arg, source, script));
    else assignments.push(...assigned(arg));
  }
  if (DECLARATIONS.has(words[0]?.value ?? "")) assignments.push(...words.slice(1).flatMap(inlineAssignment));
  return { ...unwrap(words, assignments), start: node.pos };
}

/** Removes wrappers such as `sudo -E` and `env A=b`. Variables that `env` sets are added to the assignments. */
function unwrap(
  words: readonly ShellWord[],
  assignments: readonly ShellAssignment[],
): Pick<ShellCommand, "words" | "assignments"> {
  if (!WRAPPERS.has(words[0]?.value ?? "")) return { words, assignments };
  const rest = words.slice(1);
  const start = rest.findIndex(({ text }) => !text.startsWith("-") && !/^["']?\w+=/.test(text));
  const set = rest.slice(0, start < 0 ? rest.length : start).flatMap(inlineAssignment);
  if (start < 0) return { words, assignments: [...assignments, ...set] };
  return unwrap(rest.slice(start), [...assignments, ...set]);
}

/** Reads a word `NAME=value`, as `env` and `export` accept it. */
function inlineAssignment(word: ShellWord): ShellAssignment[] {
  const match = /^([A-Za-z_]\w*)=(.*)$/s.exec(word.value ?? "");
  if (match === null) return [];
  const skipped = (match[1]?.length ?? 0) + 1;
  const valueStart = word.valueStart === undefined ? undefined : word.valueStart + skipped;
  return [{ name: match[1] ?? "", value: { ...word, value: match[2], valueStart, variable: undefined } }];
}

function readWord(word: Word, source: string, script: string): ShellWord {
  const pieces = piecesOf(word, source);
  const text = script.slice(word.pos, word.end);
  return {
    value: textOf(pieces),
    text,
    start: word.pos,
    end: word.end,
    valueStart: placeOf(pieces),
    variable: /^"?\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})"?$/.exec(text)?.slice(1).find(Boolean),
  };
}

/** The offset of pieces that are adjacent in the script; undefined when there is a gap. */
function placeOf(pieces: readonly Piece[]): number | undefined {
  const [first] = pieces;
  let at = first?.start;
  for (const { text, start } of pieces) {
    if (at === undefined || start !== at || text === undefined) return undefined;
    at += text.length;
  }
  return first?.start;
}
