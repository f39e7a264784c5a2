import type { Redirection } from "unbash";
import { CannotTell } from "../choices.ts";
import { type Expander, textOf } from "./expand.ts";
import type { ShellState } from "./state.ts";

/** Runs a command with its redirections in effect. What it writes to `$GITHUB_OUTPUT` becomes outputs of the script. */
export function redirected(
  redirects: readonly Redirection[],
  state: ShellState,
  expander: Expander,
  work: () => number,
): number {
  const [outerIn, outerOut] = [state.stdin, state.stdout];
  let target: string | undefined;
  let [isSilent, hasInput] = [false, false];
  for (const redirect of redirects) {
    const input = inputOf(redirect, expander);
    if (input !== undefined) {
      state.stdin = input;
      hasInput = true;
    } else if (
      redirect.type === "Redirect" &&
      (redirect.descriptor?.type !== "FileDescriptor" || redirect.descriptor.value === 1)
    ) {
      target = redirect.target?.value;
      isSilent = redirect.operator !== ">&" || target === "2";
    }
  }
  const isRedirected = isSilent || target !== undefined;
  if (isRedirected) state.stdout = "";
  try {
    const status = work();
    if (target?.includes("GITHUB_OUTPUT") === true) writeOutputs(state, state.stdout);
    return status;
  } finally {
    if (isRedirected) state.stdout = outerOut;
    // A command without an input redirection reads from the same input as the commands around it.
    if (hasInput) state.stdin = outerIn;
  }
}

/** The redirected input; undefined for a redirection of output. `< <(command)` is simulated, reading a file is not. */
function inputOf(redirect: Redirection, expander: Expander): string | undefined {
  if (redirect.type === "HereDoc") {
    const { text, parts, pos, end } = redirect.body;
    return parts === undefined ? text : textOf({ type: "Word", text, value: text, pos, end, parts }, expander);
  }
  const { type, target, operator } = redirect;
  if (type === "HereString") return `${target === undefined ? "" : textOf(target, expander)}\n`;
  if (operator !== "<") return undefined;
  const [part] = target?.parts ?? [];
  if (part?.type === "ProcessSubstitution" && part.script !== undefined) return expander.capture(part.script);
  throw new CannotTell(`the file ${target?.text ?? ""}`);
}

function writeOutputs(state: ShellState, text: string): void {
  for (const line of text.split("\n")) {
    const [, name, value] = /^([\w-]+)=(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) state.outputs.set(name.toLowerCase(), value);
  }
}
