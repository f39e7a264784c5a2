import {
  type AndOr,
  type CommandNode,
  type CompoundList,
  type PipelineNode,
  parse,
  type Statement,
  type Word,
} from "unbash";
import type { Call, Discount, ScriptReading } from "./call.ts";
import { isPowerShell, powerShellCalls } from "./power-shell.ts";

/** The shells whose scripts can be read, and how the runner starts them (docs: "Workflow syntax", `shell`). */
const SHELLS: Readonly<Record<string, { readonly stops: boolean; readonly pipefail: boolean }>> = {
  "": { stops: true, pipefail: false },
  bash: { stops: true, pipefail: true },
  sh: { stops: true, pipefail: false },
};

const IGNORED = "where failures are ignored (set +e)";

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
export function callsOf(script: string, shell: string | undefined): ScriptReading | undefined {
  if (isPowerShell(shell)) return powerShellCalls(script);
  const options = shellOptions(shell);
  if (options === undefined) return undefined;
  // An expression is a word or part of a word. It is masked, because its braces would be parsed as shell.
  const ast = parse(script.replaceAll(/\$\{\{.*?\}\}/gs, (text) => "x".repeat(text.length)));
  const reader = new Reader(options.stops, options.pipefail);
  reader.statements(ast.commands, undefined);
  return { calls: reader.calls, errors: (ast.errors ?? []).map(({ message }) => message) };
}

function shellOptions(shell: string | undefined): { stops: boolean; pipefail: boolean } | undefined {
  const [program = "", ...args] = (shell ?? "").trim().split(/\s+/);
  const defaults = Object.hasOwn(SHELLS, program) ? SHELLS[program] : undefined;
  if (defaults === undefined || args.length === 0) return defaults;
  const flags = args.join(" ");
  return { stops: /(^|\s)-\w*e/.test(flags), pipefail: /pipefail/.test(flags) };
}

/** Reads a script in order, because `set` and `exit` affect the commands after them. */
class Reader {
  readonly calls: Call[] = [];
  #stops: boolean;
  #pipefail: boolean;
  #exited = false;
  #mayHaveExited = false;

  constructor(stops: boolean, pipefail: boolean) {
    this.#stops = stops;
    this.#pipefail = pipefail;
  }

  statements(statements: readonly Statement[], discount: Discount | undefined): void {
    statements.forEach((statement, index) => {
      // Without -e only a failure of the last command fails the script.
      const ignored = !this.#stops && index < statements.length - 1 ? IGNORED : undefined;
      const after = this.#exited ? "after exit" : this.#mayHaveExited ? "behind an `exit 0` in a branch" : undefined;
      const background = statement.background === true ? "in the background" : undefined;
      this.#pipelineOrList(statement.command, discount ?? after ?? background ?? ignored);
    });
  }

  #pipelineOrList(node: PipelineNode | AndOr, discount: Discount | undefined): void {
    if (node.type === "AndOr") this.#andOr(node, discount);
    else this.#pipeline(node, discount);
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
      const isLost = !this.#pipefail && index < node.commands.length - 1;
      this.#command(command, discount ?? negated ?? (isLost ? "in a pipeline without pipefail" : undefined));
    });
  }

  #command(node: CommandNode, discount: Discount | undefined): void {
    const branch = discount ?? "in a branch that may not run";
    switch (node.type) {
      case "Command": {
        const words = [node.name, ...node.args].flatMap((word) => (word?.type === "Word" ? [word] : []));
        this.#call(words, node.pos, discount);
        return;
      }
      case "Redirected":
        this.#command(node.command, discount);
        return;
      case "Subshell":
      case "BraceGroup":
        this.statements(node.body.commands, discount);
        return;
      case "If":
        this.#list(node.clause, discount ?? "in a condition");
        this.#list(node.then, branch);
        for (const { clause, then } of node.elif) {
          this.#list(clause, discount ?? "in a condition");
          this.#list(then, branch);
        }
        if (node.else !== undefined) this.#list(node.else, branch);
        return;
      case "While":
        this.#list(node.clause, discount ?? "in a condition");
        this.#list(node.body, branch);
        return;
      case "For":
        // A literal list has at least one word, so the loop runs. A list from an expansion may be empty.
        this.#list(node.body, node.wordlist?.some(isFixed) === true ? discount : branch);
        return;
      case "Select":
      case "ArithmeticFor":
        this.#list(node.body, branch);
        return;
      case "Case":
        for (const { body } of node.items) this.#list(body, branch);
        return;
      case "Function":
        if (node.body.type === "CompoundList") this.#list(node.body, discount ?? "in a function");
        else this.#command(node.body, discount ?? "in a function");
        return;
      default:
        return; // Tests and arithmetic do not start a program.
    }
  }

  #list(list: CompoundList, discount: Discount | undefined): void {
    this.statements(list.commands, discount);
  }

  #call(words: readonly Word[], offset: number, discount: Discount | undefined): void {
    const texts = unwrap(words.map(({ value }) => value));
    if (texts.length === 0) return;
    this.calls.push({ words: texts, offset, discount });
    // After a branch with `exit 0`, the rest of the script may not run.
    if (isBranch(discount) && texts[0] === "exit" && (texts.length === 1 || texts[1] === "0"))
      this.#mayHaveExited = true;
    if (discount !== undefined && discount !== IGNORED) return;
    if (texts[0] === "exit") this.#exited = true;
    if (texts[0] === "set") this.#set(texts.slice(1));
  }

  #set(args: readonly string[]): void {
    args.forEach((arg, index) => {
      if (/^-\w*e/.test(arg)) this.#stops = true;
      if (/^\+\w*e/.test(arg)) this.#stops = false;
      if (args[index + 1] === "pipefail" && /^[-+]\w*o$/.test(arg)) this.#pipefail = arg.startsWith("-");
    });
  }
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

function isBranch(discount: Discount | undefined): boolean {
  return discount === "in a branch that may not run" || discount === "behind ||";
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
