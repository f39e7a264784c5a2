import { changeOptions } from "@release-actions/workflow";
import { CannotTell } from "../choices.ts";
import { Exit, Jump, known } from "./control.ts";
import type { ShellState } from "./state.ts";
import { testArguments } from "./test-command.ts";

/** Runs a builtin and returns its exit code; undefined for a name that is not a builtin. */
export function runBuiltin(state: ShellState, name: string, args: readonly string[]): number | undefined {
  switch (name) {
    case ":":
    case "true":
    case "shopt":
    case "trap":
      return 0;
    case "false":
      return 1;
    case "echo":
      echo(state, args);
      return 0;
    case "printf":
      printf(state, args);
      return 0;
    case "cat":
      if (args.length > 0) throw new CannotTell(`the file ${args.join(" ")}`);
      state.stdout += state.stdin;
      return 0;
    case "test":
      return Number(!testArguments(args));
    case "[":
      return Number(!testArguments(args.at(-1) === "]" ? args.slice(0, -1) : args));
    case "exit":
      throw new Exit(code(state, args[0]));
    case "return":
      throw new Jump("return", code(state, args[0]));
    case "break":
    case "continue":
      if (args.length > 0 && args[0] !== "1") throw new CannotTell(`\`${name} ${args[0]}\``);
      throw new Jump(name, 0);
    case "shift":
      state.variables.positional = state.variables.positional.slice(Number(args[0] ?? "1"));
      return 0;
    case "unset":
      for (const arg of args) state.variables.unset(arg);
      return 0;
    case "set":
      if (args[0] === "--") throw new CannotTell("`set --`");
      changeOptions(state, args);
      return 0;
    case "read":
      return read(state, args);
    case "mapfile":
    case "readarray": {
      const lines = state.stdin.split("\n");
      if (lines.at(-1) === "") lines.pop();
      state.variables.setArray(args.at(-1) ?? "MAPFILE", lines, false);
      return 0;
    }
    default:
      return undefined;
  }
}

function code(state: ShellState, text: string | undefined): number {
  if (text === undefined) return state.variables.status;
  const code = Number(known(text));
  if (Number.isNaN(code)) throw new CannotTell(`the exit code ${text}`);
  return code & 255;
}

function echo(state: ShellState, args: readonly string[]): void {
  const options = args.findIndex((arg) => !/^-[neE]+$/.test(arg));
  const words = options < 0 ? [] : args.slice(options);
  const flags = (options < 0 ? args : args.slice(0, options)).join("");
  const text = words.join(" ");
  state.stdout += (flags.includes("e") ? unescaped(text) : text) + (flags.includes("n") ? "" : "\n");
}

/** Runs `printf` with `%s` and `%d`. The format is repeated until all arguments are used. */
function printf(state: ShellState, [format = "", ...args]: readonly string[]): void {
  const rest = [...args];
  do {
    state.stdout += unescaped(format).replaceAll(/%([sdqb%])/g, (_, kind: string) =>
      kind === "%" ? "%" : (rest.shift() ?? ""),
    );
  } while (rest.length > 0 && /%[sdqb]/.test(format));
}

/** Runs `read`: reads one line into variables, or words into an array. */
function read(state: ShellState, args: readonly string[]): number {
  const names = args.filter((arg) => !arg.startsWith("-"));
  const flags = args.filter((arg) => arg.startsWith("-")).join("");
  if (/[^-ra]/.test(flags)) throw new CannotTell(`\`read ${flags}\``);
  if (state.stdin === "") return 1;
  const [line = "", ...rest] = known(state.stdin).split("\n");
  state.stdin = rest.join("\n");
  const words = line.split(/[ \t]+/).filter((word) => word !== "");
  if (flags.includes("a")) state.variables.setArray(names[0] ?? "REPLY", words, false);
  else
    names.forEach((name, index) => {
      state.variables.set(name, index === names.length - 1 ? words.slice(index).join(" ") : (words[index] ?? ""));
    });
  return 0;
}

function unescaped(text: string): string {
  return text.replaceAll(/\\([nt\\])/g, (_, character: string) => ({ n: "\n", t: "\t" })[character] ?? "\\");
}
