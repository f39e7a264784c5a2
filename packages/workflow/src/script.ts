import { type AndOr, type CommandNode, type CompoundList, type PipelineNode, parse, type Word } from "unbash";
import type { Call, Discount } from "./call.ts";
import { isPowerShell, powerShellCalls } from "./power-shell.ts";
import { changeOptions, type ShellOptions, shellOptions } from "./shell-options.ts";

const IGNORED = "where failures are ignored (set +e)";
const MAYBE = "in a branch that may not run";

/** Commands that start another command and return its exit code, with the number of arguments before that command. */
const WRAPPERS: Readonly<Record<string, number>> = {
  command: 0,
  exec: 0,
  env: 0,
  nice: 0,
  ionice: 0,
  nohup: 0,
  stdbuf: 0,
  sudo: 0,
  time: 0,
  timeout: 1,
  "xvfb-run": 0,
};

/** Options of wrappers whose value is a separate word. */
const WITH_VALUE = /^(-n|-k|-s|-u|-g|-o|-c|--kill-after|--signal|--adjustment|--server-args)$/;

/**
 * Every command of a `run:` script, and whether its failure fails the step. Undefined for a shell whose language is not
 * supported.
 *
 * @param shell as written in the workflow; undefined for the runner's default, `bash -e`
 */
export function callsOf(script: string, shell: string | undefined): readonly Call[] | undefined {
  if (isPowerShell(shell)) return powerShellCalls(script);
  const options = shellOptions(shell);
  if (options === undefined) return undefined;
  // An expression is a word or part of a word. It is masked, because its braces would be parsed as shell.
  const ast = parse(script.replaceAll(/\$\{\{.*?\}\}/gs, (text) => "x".repeat(text.length)));
  const reader = new Reader(options);
  reader.statements(ast, undefined);
  return reader.calls;
}

/** Reads a script in order, because `set` and `exit` affect the commands after them. */
class Reader {
  readonly calls: Call[] = [];
  readonly #options: ShellOptions;
  #exited = false;
  #mayHaveExited = false;

  constructor(options: ShellOptions) {
    this.#options = { ...options };
  }

  statements({ commands }: Pick<CompoundList, "commands">, discount: Discount | undefined): void {
    commands.forEach(({ command, background }, index) => {
      // Without -e only a failure of the last command fails the script.
      const ignored = !this.#options.stops && index < commands.length - 1 ? IGNORED : undefined;
      const after = this.#exited ? "after exit" : this.#mayHaveExited ? "behind an `exit 0` in a branch" : undefined;
      const own = discount ?? after ?? (background === true ? "in the background" : ignored);
      if (command.type === "AndOr") this.#andOr(command, own);
      else this.#pipeline(command, own);
    });
  }

  /** In `a && b || c`, `c` runs only if `a` or `b` fails, and hides that failure. */
  #andOr({ commands, operators }: AndOr, discount: Discount | undefined): void {
    commands.forEach((command, index) => {
      const isBehind = operators.slice(0, index).includes("||");
      const isFollowed = operators.some(
        (operator, at) => at >= index && operator === "||" && !failsOn(commands[at + 1]),
      );
      const own = isBehind ? "behind ||" : isFollowed ? "followed by ||" : undefined;
      this.#pipeline(command, discount ?? own);
    });
  }

  #pipeline(node: PipelineNode, discount: Discount | undefined): void {
    if (node.type !== "Pipeline") {
      this.#command(node, discount);
      return;
    }
    const negated = node.prefixes.some(({ type }) => type === "Negation") ? "negated" : undefined;
    node.commands.forEach((command, index) => {
      const isLost = !this.#options.pipefail && index < node.commands.length - 1;
      this.#command(command, discount ?? negated ?? (isLost ? "in a pipeline without pipefail" : undefined));
    });
  }

  #command(node: CommandNode, discount: Discount | undefined): void {
    if (node.type === "Command") {
      const words = [node.name, ...node.args].flatMap((word) => (word?.type === "Word" ? [word.value] : []));
      this.#call(words, discount);
    } else if (node.type === "Redirected") this.#command(node.command, discount);
    else if (node.type === "Function" && node.body.type !== "CompoundList")
      this.#command(node.body, discount ?? "in a function");
    else for (const [list, own] of listsIn(node)) this.statements(list, discount ?? own);
  }

  #call(written: readonly string[], discount: Discount | undefined): void {
    const words = unwrap(written);
    const [program, ...args] = words;
    if (program === undefined) return;
    this.calls.push({ words, discount });
    const isBranch = discount === MAYBE || discount === "behind ||";
    // After a branch with `exit 0`, the rest of the script may not run.
    if (isBranch && program === "exit" && (args[0] ?? "0") === "0") this.#mayHaveExited = true;
    if (discount !== undefined && discount !== IGNORED) return;
    if (program === "exit") this.#exited = true;
    if (program === "set") changeOptions(this.#options, args);
  }
}

/** The lists of commands in a compound command, and why a failure in each may not count. Tests and arithmetic have none. */
function listsIn(node: CommandNode): (readonly [list: CompoundList, discount: Discount | undefined])[] {
  switch (node.type) {
    case "Subshell":
    case "BraceGroup":
      return [[node.body, undefined]];
    case "If": {
      const last = node.else === undefined ? [] : [[node.else, MAYBE] as const];
      return [...[node, ...node.elif].flatMap(({ clause, then }) => conditional(clause, then)), ...last];
    }
    case "While":
      return conditional(node.clause, node.body);
    case "For":
      // A literal list has at least one word, so the loop runs. A list from an expansion may be empty.
      return [[node.body, node.wordlist?.some(isFixed) === true ? undefined : MAYBE]];
    case "Select":
    case "ArithmeticFor":
      return [[node.body, MAYBE]];
    case "Case":
      return node.items.map(({ body }) => [body, MAYBE]);
    case "Function":
      return node.body.type === "CompoundList" ? [[node.body, "in a function"]] : [];
    default:
      return [];
  }
}

function conditional(clause: CompoundList, body: CompoundList): ReturnType<typeof listsIn> {
  return [
    [clause, "in a condition"],
    [body, MAYBE],
  ];
}

/** Whether the right side of `||` fails too, as in `|| exit 1` and `|| { echo why; exit 1; }`. */
function failsOn(node: PipelineNode | undefined): boolean {
  if (node?.type === "BraceGroup") {
    const last = node.body.commands.at(-1)?.command;
    return last !== undefined && last.type !== "AndOr" && failsOn(last);
  }
  if (node?.type !== "Command") return false;
  const [code] = node.args;
  return node.name?.value === "false" || (node.name?.value === "exit" && (code?.type !== "Word" || code.value !== "0"));
}

function isFixed({ parts }: Word): boolean {
  return parts === undefined || parts.every(({ type }) => type === "Literal" || type === "SingleQuoted");
}

/** Removes wrappers such as `sudo -E`, `env A=b` and `timeout 60`. */
function unwrap(words: readonly string[]): readonly string[] {
  const [first = ""] = words;
  if (!Object.hasOwn(WRAPPERS, first) || words.length < 2) return words;
  let missing = WRAPPERS[first] ?? 0;
  for (let index = 1; index < words.length; index += 1) {
    const word = words[index] ?? "";
    if (WITH_VALUE.test(word)) index += 1;
    else if (!word.startsWith("-") && !/^\w+=/.test(word)) {
      if (missing === 0) return unwrap(words.slice(index));
      missing -= 1;
    }
  }
  return words;
}
