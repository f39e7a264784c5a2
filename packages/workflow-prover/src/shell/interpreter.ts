import type {
  AndOr,
  Assignment,
  Command,
  CommandNode,
  CompoundList,
  ParsedScript,
  Pipeline,
  PipelineNode,
  Redirection,
  Statement,
  Word,
} from "unbash";
import { CannotTell } from "../choices.ts";
import { calculate } from "./arithmetic.ts";
import { Exit, Jump, MAX_STEPS, type ScriptOutcome, type ScriptSettings, UNKNOWN } from "./control.ts";
import { type Expander, fieldsOf, textOf } from "./expand.ts";
import { shellPattern } from "./glob.ts";
import { PROGRAMS, REPORTERS } from "./programs.ts";
import { testArguments, testExpression } from "./test-command.ts";
import { Variables } from "./variables.ts";

/** Simulates one script, command by command. */
export class Interpreter implements Expander {
  readonly variables: Variables;
  readonly #script: string;
  readonly #settings: ScriptSettings;
  readonly #functions = new Map<string, CommandNode | CompoundList>();
  readonly #outputs = new Map<string, string>();
  #stops: boolean;
  #pipefail: boolean;
  #stdout = "";
  #stdin = "";
  #steps = 0;
  #conditionDepth = 0;

  constructor(script: string, settings: ScriptSettings) {
    this.#script = script;
    this.#settings = settings;
    this.#stops = settings.stops;
    this.#pipefail = settings.pipefail;
    this.variables = new Variables(settings.env);
  }

  run(ast: ParsedScript): ScriptOutcome {
    const code = this.#exitCode(() => this.#statements(ast.commands));
    return { code, outputs: this.#outputs };
  }

  capture(script: ParsedScript): string {
    const outer = this.#stdout;
    this.#stdout = "";
    try {
      // Outside POSIX mode bash clears `-e` in command substitutions (bash manual, "Command Execution Environment").
      this.variables.status = this.#inSubshell(() => this.#statements(script.commands), { stops: false });
      return this.#stdout;
    } finally {
      this.#stdout = outer;
    }
  }

  /** Runs a subshell, and then restores the variables, functions and options that it changed. */
  #inSubshell(work: () => number, { stops = this.#stops }: { readonly stops?: boolean } = {}): number {
    const before = { stops: this.#stops, pipefail: this.#pipefail, functions: new Map(this.#functions) };
    this.#stops = stops;
    try {
      return this.variables.isolated(() => this.#exitCode(work));
    } finally {
      this.#stops = before.stops;
      this.#pipefail = before.pipefail;
      this.#functions.clear();
      for (const [name, body] of before.functions) this.#functions.set(name, body);
    }
  }

  #exitCode(work: () => number): number {
    try {
      return work();
    } catch (error) {
      if (error instanceof Exit) return error.code;
      throw error;
    }
  }

  #statements(statements: readonly Statement[]): number {
    for (const { command, background, pos } of statements) {
      this.#steps += 1;
      if (this.#steps > MAX_STEPS) throw new CannotTell("a loop without an end");
      // A background command does not affect the exit code of the script.
      if (background === true) continue;
      const status = this.#located(pos, () => this.#list(command));
      this.variables.status = status;
    }
    return statements.length === 0 ? 0 : this.variables.status;
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
    if (status !== 0 && this.#stops && this.#conditionDepth === 0 && !isNegated && !isCompound(node))
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
    const [outerIn, outerOut] = [this.#stdin, this.#stdout];
    const statuses: number[] = [];
    try {
      commands.forEach((command, index) => {
        if (index > 0) this.#stdin = this.#stdout;
        this.#stdout = "";
        statuses.push(this.#inSubshell(() => this.#command(command)));
      });
      const last = statuses.at(-1) ?? 0;
      return this.#pipefail && last === 0 ? (statuses.findLast((status) => status !== 0) ?? 0) : last;
    } finally {
      const printed = this.#stdout;
      [this.#stdin, this.#stdout] = [outerIn, outerOut + printed];
    }
  }

  #command(node: CommandNode): number {
    switch (node.type) {
      case "Command":
        return this.#redirected(node.redirects, () => this.#simple(node));
      case "Redirected":
        return this.#redirected(node.redirects, () => this.#command(node.command));
      case "Subshell":
        return this.#inSubshell(() => this.#statements(node.body.commands));
      case "BraceGroup":
        return this.#statements(node.body.commands);
      case "If":
        return this.#if(node);
      case "For":
        return this.#for(node);
      case "While":
        return this.#while(node);
      case "Case":
        return this.#case(node);
      case "Function":
        this.#functions.set(node.name.value, node.body);
        return 0;
      case "TestCommand":
        return Number(
          !testExpression(
            node.expression,
            (word) => textOf(word, this),
            (word) => textOf(word, this),
          ),
        );
      case "ArithmeticCommand":
        return Number(calculate(node.expression, this.variables) === 0);
      default:
        throw new CannotTell(`\`${node.type}\``);
    }
  }

  #if(node: CommandNode & { type: "If" }): number {
    for (const { clause, then } of [node, ...node.elif]) {
      if (this.#asCondition(() => this.#statements(clause.commands)) === 0) return this.#statements(then.commands);
    }
    return node.else === undefined ? 0 : this.#statements(node.else.commands);
  }

  #for({ name, wordlist, body }: CommandNode & { type: "For" }): number {
    const words = wordlist === undefined ? this.variables.positional : wordlist.flatMap((word) => fieldsOf(word, this));
    return this.#loop(words, (word) => {
      this.variables.set(name.value, this.#known(word));
      return this.#statements(body.commands);
    });
  }

  #while({ kind, clause, body }: CommandNode & { type: "While" }): number {
    const wanted = (): boolean =>
      (this.#asCondition(() => this.#statements(clause.commands)) === 0) === (kind === "while");
    const endless = {
      *[Symbol.iterator]() {
        while (wanted()) yield;
      },
    };
    return this.#loop(endless, () => this.#statements(body.commands));
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
    const text = this.#known(textOf(word, this));
    const found = items.find(({ pattern }) => pattern.some((one) => shellPattern(textOf(one, this)).test(text)));
    if (found?.terminator !== undefined && found.terminator !== ";;") throw new CannotTell(`\`${found.terminator}\``);
    return found === undefined ? 0 : this.#statements(found.body.commands);
  }

  #redirected(redirects: readonly Redirection[], work: () => number): number {
    const [outerIn, outerOut] = [this.#stdin, this.#stdout];
    let target: string | undefined;
    let isSilent = false;
    for (const redirect of redirects) {
      if (redirect.type === "HereString")
        this.#stdin = `${redirect.target === undefined ? "" : textOf(redirect.target, this)}\n`;
      else if (redirect.type === "HereDoc") this.#stdin = this.#hereDocument(redirect);
      else if (redirect.operator === "<") this.#stdin = this.#file(redirect.target);
      else if (redirect.descriptor?.type !== "FileDescriptor" || redirect.descriptor.value === 1) {
        target = redirect.target?.value;
        isSilent = redirect.operator !== ">&" || target === "2";
      }
    }
    // A command without an input redirection reads from the same input as the commands around it.
    const hasInput = redirects.some(isInput);
    if (!isSilent && target === undefined) {
      try {
        return work();
      } finally {
        if (hasInput) this.#stdin = outerIn;
      }
    }
    this.#stdout = "";
    try {
      const status = work();
      if (target?.includes("GITHUB_OUTPUT") === true) this.#writeOutputs(this.#stdout);
      return status;
    } finally {
      this.#stdout = outerOut;
      if (hasInput) this.#stdin = outerIn;
    }
  }

  #hereDocument(redirect: Redirection & { type: "HereDoc" }): string {
    const { text, parts, pos, end } = redirect.body;
    return parts === undefined ? text : textOf({ type: "Word", text, value: text, pos, end, parts }, this);
  }

  /** The content of a redirected input. `< <(command)` is simulated, reading a file is not. */
  #file(word: Word | undefined): string {
    const [part] = word?.parts ?? [];
    if (part?.type === "ProcessSubstitution" && part.script !== undefined) return this.capture(part.script);
    throw new CannotTell(`the file ${word?.text ?? ""}`);
  }

  #writeOutputs(text: string): void {
    for (const line of text.split("\n")) {
      const [, name, value] = /^([\w-]+)=(.*)$/.exec(line) ?? [];
      if (name !== undefined && value !== undefined) this.#outputs.set(name.toLowerCase(), value);
    }
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
    const words = [node.name, ...node.args].flatMap((word) =>
      word.type === "Word" ? fieldsOf(word, this) : [this.#assignmentText(word)],
    );
    const [name, ...args] = words;
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
    const own = this.#functions.get(name);
    if (own !== undefined) return this.#callFunction(own, args);
    const status = this.#builtin(name, args, assignments);
    if (status !== undefined) return status;
    const program = Object.hasOwn(PROGRAMS, name) ? PROGRAMS[name] : undefined;
    if (program !== undefined) {
      const { code, output } = this.#located(offset, () =>
        program(
          args.map((arg) => this.#known(arg)),
          this.#stdin,
        ),
      );
      this.#stdout += output;
      return code;
    }
    if (!REPORTERS.includes(name) && !this.#settings.followsUnknown) throw new CannotTell(`what \`${name}\` does`);
    this.#stdout += UNKNOWN;
    return 0;
  }

  #callFunction(body: CommandNode | CompoundList, args: readonly string[]): number {
    return this.variables.withPositional(args, () => {
      try {
        return body.type === "CompoundList" ? this.#statements(body.commands) : this.#command(body);
      } catch (error) {
        if (error instanceof Jump && error.kind === "return") return error.code;
        throw error;
      }
    });
  }

  /** Runs a builtin and returns its exit code; undefined for a name that is not a builtin. */
  #builtin(name: string, args: readonly string[], assignments: readonly Assignment[]): number | undefined {
    switch (name) {
      case ":":
      case "true":
      case "shopt":
      case "trap":
        return 0;
      case "false":
        return 1;
      case "echo":
        this.#echo(args);
        return 0;
      case "printf":
        this.#printf(args);
        return 0;
      case "cat":
        if (args.length > 0) throw new CannotTell(`the file ${args.join(" ")}`);
        this.#stdout += this.#stdin;
        return 0;
      case "test":
        return Number(!testArguments(args));
      case "[":
        return Number(!testArguments(args.at(-1) === "]" ? args.slice(0, -1) : args));
      case "exit":
        throw new Exit(this.#code(args[0]));
      case "return":
        throw new Jump("return", this.#code(args[0]));
      case "break":
      case "continue":
        if (args.length > 0 && args[0] !== "1") throw new CannotTell(`\`${name} ${args[0]}\``);
        throw new Jump(name, 0);
      case "export":
      case "local":
      case "declare":
      case "readonly":
      case "typeset":
        for (const assignment of assignments) this.#assign(assignment);
        return 0;
      case "shift":
        this.variables.shift(Number(args[0] ?? "1"));
        return 0;
      case "unset":
        for (const arg of args) this.variables.unset(arg);
        return 0;
      case "set":
        this.#set(args);
        return 0;
      case "read":
        return this.#read(args);
      case "mapfile":
      case "readarray": {
        const lines = this.#stdin.split("\n");
        if (lines.at(-1) === "") lines.pop();
        this.variables.setArray(args.at(-1) ?? "MAPFILE", lines, false);
        return 0;
      }
      default:
        return undefined;
    }
  }

  #code(text: string | undefined): number {
    if (text === undefined) return this.variables.status;
    const code = Number(this.#known(text));
    if (Number.isNaN(code)) throw new CannotTell(`the exit code ${text}`);
    return code & 255;
  }

  #echo(args: readonly string[]): void {
    const options = args.findIndex((arg) => !/^-[neE]+$/.test(arg));
    const words = options < 0 ? [] : args.slice(options);
    const flags = (options < 0 ? args : args.slice(0, options)).join("");
    const text = words.join(" ");
    this.#stdout += (flags.includes("e") ? unescaped(text) : text) + (flags.includes("n") ? "" : "\n");
  }

  /** Runs `printf` with `%s` and `%d`. The format is repeated until all arguments are used. */
  #printf([format = "", ...args]: readonly string[]): void {
    const rest = [...args];
    do {
      this.#stdout += unescaped(format).replaceAll(/%([sdqb%])/g, (_, kind: string) =>
        kind === "%" ? "%" : (rest.shift() ?? ""),
      );
    } while (rest.length > 0 && /%[sdqb]/.test(format));
  }

  #set(args: readonly string[]): void {
    if (args[0] === "--") throw new CannotTell("`set --`");
    args.forEach((arg, index) => {
      if (/^-\w*e/.test(arg)) this.#stops = true;
      if (/^\+\w*e/.test(arg)) this.#stops = false;
      if (args[index + 1] === "pipefail" && /^[-+]\w*o$/.test(arg)) this.#pipefail = arg.startsWith("-");
      if (args[index + 1] === "errexit" && /^[-+]\w*o$/.test(arg)) this.#stops = arg.startsWith("-");
    });
  }

  /** Runs `read`: reads one line into variables, or words into an array. */
  #read(args: readonly string[]): number {
    const names = args.filter((arg) => !arg.startsWith("-"));
    const flags = args.filter((arg) => arg.startsWith("-")).join("");
    if (/[^-ra]/.test(flags)) throw new CannotTell(`\`read ${flags}\``);
    if (this.#stdin === "") return 1;
    const [line = "", ...rest] = this.#known(this.#stdin).split("\n");
    this.#stdin = rest.join("\n");
    const words = line.split(/[ \t]+/).filter((word) => word !== "");
    if (flags.includes("a")) this.variables.setArray(names[0] ?? "REPLY", words, false);
    else
      names.forEach((name, index) => {
        this.variables.set(name, index === names.length - 1 ? words.slice(index).join(" ") : (words[index] ?? ""));
      });
    return 0;
  }

  #known(text: string): string {
    if (text.includes(UNKNOWN)) throw new CannotTell("what a program prints");
    return text;
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

function isInput({ type, operator }: Redirection): boolean {
  return type === "HereString" || type === "HereDoc" || operator === "<";
}

function unescaped(text: string): string {
  return text.replaceAll(/\\([nt\\])/g, (_, character: string) => ({ n: "\n", t: "\t" })[character] ?? "\\");
}
