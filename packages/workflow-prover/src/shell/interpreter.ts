import type {
  AndOr,
  Assignment,
  Command,
  CommandNode,
  CompoundList,
  ParsedScript,
  Pipeline,
  PipelineNode,
} from "unbash";
import { CannotTell } from "../choices.ts";
import { calculate } from "./arithmetic.ts";
import { runBuiltin } from "./builtins.ts";
import { Exit, Jump, known, MAX_STEPS, type ScriptOutcome, type ScriptSettings, UNKNOWN } from "./control.ts";
import { type Expander, fieldsOf, textOf } from "./expand.ts";
import { shellPattern } from "./glob.ts";
import { PROGRAMS, REPORTERS } from "./programs.ts";
import { redirected } from "./redirections.ts";
import { ShellState } from "./state.ts";
import { testExpression } from "./test-command.ts";
import type { Variables } from "./variables.ts";

/** Builtins whose arguments are assignments. */
const DECLARATIONS: ReadonlySet<string> = new Set(["export", "local", "declare", "readonly", "typeset"]);

/** Simulates one script, command by command. */
export class Interpreter implements Expander {
  readonly #script: string;
  readonly #settings: ScriptSettings;
  readonly #state: ShellState;
  #steps = 0;
  #conditionDepth = 0;

  constructor(script: string, settings: ScriptSettings) {
    this.#script = script;
    this.#settings = settings;
    this.#state = new ShellState(settings);
  }

  get variables(): Variables {
    return this.#state.variables;
  }

  run(ast: ParsedScript): ScriptOutcome {
    const code = this.#exitCode(() => this.#statements(ast));
    return { code, outputs: this.#state.outputs };
  }

  capture(script: ParsedScript): string {
    const outer = this.#state.stdout;
    this.#state.stdout = "";
    try {
      // Outside POSIX mode bash clears `-e` in command substitutions (bash manual, "Command Execution Environment").
      this.variables.status = this.#inSubshell(() => this.#statements(script), false);
      return this.#state.stdout;
    } finally {
      this.#state.stdout = outer;
    }
  }

  #inSubshell(work: () => number, stops?: boolean): number {
    return this.#state.inSubshell(() => this.#exitCode(work), stops);
  }

  #exitCode(work: () => number): number {
    try {
      return work();
    } catch (error) {
      if (error instanceof Exit) return error.code;
      throw error;
    }
  }

  #statements({ commands }: Pick<CompoundList, "commands">): number {
    for (const { command, background, pos } of commands) {
      this.#steps += 1;
      if (this.#steps > MAX_STEPS) throw new CannotTell("a loop without an end");
      // A background command does not affect the exit code of the script.
      if (background === true) continue;
      this.variables.status = this.#located(pos, () => this.#list(command));
    }
    return commands.length === 0 ? 0 : this.variables.status;
  }

  /** Adds the line to the message of a CannotTell. */
  #located<T>(offset: number, work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof CannotTell) || error.message.includes("line ")) throw error;
      const line = this.#script.slice(0, offset).split("\n").length;
      throw new CannotTell(`${error.message} (line ${line} of the script)`);
    }
  }

  #list(node: PipelineNode | AndOr): number {
    if (node.type !== "AndOr") return this.#checked(node);
    let status = 0;
    node.commands.forEach((command, index) => {
      const operator = index === 0 ? undefined : node.operators[index - 1];
      if ((operator === "&&" && status !== 0) || (operator === "||" && status === 0)) return;
      const isLast = index === node.commands.length - 1;
      status = isLast ? this.#checked(command) : this.#asCondition(() => this.#pipeline(command));
      this.variables.status = status;
    });
    return status;
  }

  /** Runs a command whose failure ends the script under `set -e`. */
  #checked(node: PipelineNode): number {
    const status = this.#pipeline(node);
    const isNegated = node.type === "Pipeline" && node.prefixes.some(({ type }) => type === "Negation");
    // A loop, branch or group does not end the script if its status comes from a failure that was ignored inside it.
    if (status !== 0 && this.#state.stops && this.#conditionDepth === 0 && !isNegated && !isCompound(node))
      throw new Exit(status);
    return status;
  }

  /** Runs a command in a condition, or before `&&` or `||`, where a failure does not end the script. */
  #asCondition<T>(work: () => T): T {
    this.#conditionDepth += 1;
    try {
      return work();
    } finally {
      this.#conditionDepth -= 1;
    }
  }

  #pipeline(node: PipelineNode): number {
    if (node.type !== "Pipeline") return this.#command(node);
    const isNegated = node.prefixes.filter(({ type }) => type === "Negation").length % 2 === 1;
    const status = isNegated ? this.#asCondition(() => this.#pipe(node)) : this.#pipe(node);
    return isNegated ? Number(status === 0) : status;
  }

  #pipe({ commands }: Pipeline): number {
    const [only] = commands;
    if (commands.length === 1 && only !== undefined) return this.#command(only);
    const [outerIn, outerOut] = [this.#state.stdin, this.#state.stdout];
    const statuses: number[] = [];
    try {
      commands.forEach((command, index) => {
        if (index > 0) this.#state.stdin = this.#state.stdout;
        this.#state.stdout = "";
        statuses.push(this.#inSubshell(() => this.#command(command)));
      });
      const last = statuses.at(-1) ?? 0;
      return this.#state.pipefail && last === 0 ? (statuses.findLast((status) => status !== 0) ?? 0) : last;
    } finally {
      const printed = this.#state.stdout;
      [this.#state.stdin, this.#state.stdout] = [outerIn, outerOut + printed];
    }
  }

  #command(node: CommandNode): number {
    switch (node.type) {
      case "Command":
        return redirected(node.redirects, this.#state, this, () => this.#simple(node));
      case "Redirected":
        return redirected(node.redirects, this.#state, this, () => this.#command(node.command));
      case "Subshell":
        return this.#inSubshell(() => this.#statements(node.body));
      case "BraceGroup":
        return this.#statements(node.body);
      case "If":
        return this.#if(node);
      case "For":
        return this.#for(node);
      case "While":
        return this.#while(node);
      case "Case":
        return this.#case(node);
      case "Function":
        this.#state.functions.set(node.name.value, node.body);
        return 0;
      case "TestCommand":
        return Number(!testExpression(node.expression, (word) => textOf(word, this)));
      case "ArithmeticCommand":
        return Number(calculate(node.expression, this.variables) === 0);
      default:
        throw new CannotTell(`\`${node.type}\``);
    }
  }

  #if(node: CommandNode & { type: "If" }): number {
    for (const { clause, then } of [node, ...node.elif]) {
      if (this.#asCondition(() => this.#statements(clause)) === 0) return this.#statements(then);
    }
    return node.else === undefined ? 0 : this.#statements(node.else);
  }

  #for({ name, wordlist, body }: CommandNode & { type: "For" }): number {
    const words = wordlist === undefined ? this.variables.positional : wordlist.flatMap((word) => fieldsOf(word, this));
    return this.#loop(words, (word) => {
      this.variables.set(name.value, known(word));
      return this.#statements(body);
    });
  }

  #while({ kind, clause, body }: CommandNode & { type: "While" }): number {
    const wanted = (): boolean => (this.#asCondition(() => this.#statements(clause)) === 0) === (kind === "while");
    const rounds = function* () {
      while (wanted()) yield;
    };
    return this.#loop(rounds(), () => this.#statements(body));
  }

  #loop<T>(items: Iterable<T>, work: (item: T) => number): number {
    let status = 0;
    for (const item of items) {
      try {
        status = work(item);
      } catch (error) {
        if (!(error instanceof Jump) || error.kind === "return") throw error;
        if (error.kind === "break") break;
      }
    }
    return status;
  }

  #case({ word, items }: CommandNode & { type: "Case" }): number {
    const text = known(textOf(word, this));
    const found = items.find(({ pattern }) => pattern.some((one) => shellPattern(textOf(one, this)).test(text)));
    if (found?.terminator !== undefined && found.terminator !== ";;") throw new CannotTell(`\`${found.terminator}\``);
    return found === undefined ? 0 : this.#statements(found.body);
  }

  #simple(node: Command): number {
    for (const prefix of node.prefix) if (prefix.type === "Assignment" && node.name === undefined) this.#assign(prefix);
    if (node.name === undefined) {
      // The exit code of `x=$(command)` is that of the command.
      const captures = node.prefix.some(
        ({ type, pos, end }) => type === "Assignment" && this.#script.slice(pos, end).includes("$("),
      );
      return captures ? this.variables.status : 0;
    }
    const [name, ...args] = [node.name, ...node.args].flatMap((word) =>
      word.type === "Word" ? fieldsOf(word, this) : [this.#assignmentText(word)],
    );
    if (name === undefined) return 0;
    const assignments = node.args.filter((arg) => arg.type === "Assignment");
    return this.#call(name, args, assignments, node.pos);
  }

  #assignmentText(assignment: Assignment): string {
    const { name, value } = assignment;
    return value.type === "Word" ? `${name}=${textOf(value, this)}` : name;
  }

  #assign({ name, value, append, index }: Assignment): void {
    if (value.type === "ArrayValue") {
      this.variables.setArray(
        name,
        value.elements.flatMap((word) => fieldsOf(word, this)),
        append === true,
      );
      return;
    }
    const text = textOf(value, this);
    if (index !== undefined) this.variables.setItem(name, textOf(index, this), text);
    else this.variables.set(name, append === true ? (this.variables.get(name) ?? "") + text : text);
  }

  #call(name: string, args: readonly string[], assignments: readonly Assignment[], offset: number): number {
    const own = this.#state.functions.get(name);
    if (own !== undefined) return this.#callFunction(own, args);
    if (DECLARATIONS.has(name)) {
      for (const assignment of assignments) this.#assign(assignment);
      return 0;
    }
    const status = runBuiltin(this.#state, name, args);
    if (status !== undefined) return status;
    const program = Object.hasOwn(PROGRAMS, name) ? PROGRAMS[name] : undefined;
    if (program !== undefined) {
      const { code, output } = this.#located(offset, () => program(args.map(known), this.#state.stdin));
      this.#state.stdout += output;
      return code;
    }
    if (!REPORTERS.includes(name) && !this.#settings.followsUnknown) throw new CannotTell(`what \`${name}\` does`);
    this.#state.stdout += UNKNOWN;
    return 0;
  }

  #callFunction(body: CommandNode | CompoundList, args: readonly string[]): number {
    return this.variables.withPositional(args, () => {
      try {
        return body.type === "CompoundList" ? this.#statements(body) : this.#command(body);
      } catch (error) {
        if (error instanceof Jump && error.kind === "return") return error.code;
        throw error;
      }
    });
  }
}

/** Whether the node is a compound command other than a subshell (bash manual, "The Set Builtin", `-e`). */
function isCompound(node: PipelineNode | CommandNode): boolean {
  if (node.type === "Redirected") return isCompound(node.command);
  if (node.type === "Pipeline") {
    const [only] = node.commands;
    return node.commands.length === 1 && only !== undefined && isCompound(only);
  }
  return ["If", "For", "While", "Case", "BraceGroup"].includes(node.type);
}
