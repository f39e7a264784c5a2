import type { Redirection, Word } from "unbash";
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
  let isSilent = false;
  for (const redirect of redirects) {
    if (redirect.type === "HereString")
      state.stdin = `${redirect.target === undefined ? "" : textOf(redirect.target, expander)}\n`;
    else if (redirect.type === "HereDoc") state.stdin = hereDocument(redirect, expander);
    else if (redirect.operator === "<") state.stdin = redirectedFile(redirect.target, expander);
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
      if (hasInput) state.stdin = outerIn;
    }
  }
  state.stdout = "";
  try {
    const status = work();
    if (target?.includes("GITHUB_OUTPUT") === true) writeOutputs(state, state.stdout);
    return status;
  } finally {
    state.stdout = outerOut;
    if (hasInput) state.stdin = outerIn;
  }
}

function hereDocument(redirect: Redirection & { type: "HereDoc" }, expander: Expander): string {
  const { text, parts, pos, end } = redirect.body;
  return parts === undefined ? text : textOf({ type: "Word", text, value: text, pos, end, parts }, expander);
}

/** The content of a redirected input. `< <(command)` is simulated, reading a file is not. */
function redirectedFile(word: Word | undefined, expander: Expander): string {
  const [part] = word?.parts ?? [];
  if (part?.type === "ProcessSubstitution" && part.script !== undefined) return expander.capture(part.script);
  throw new CannotTell(`the file ${word?.text ?? ""}`);
}

function writeOutputs(state: ShellState, text: string): void {
  for (const line of text.split("\n")) {
    const [, name, value] = /^([\w-]+)=(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) state.outputs.set(name.toLowerCase(), value);
  }
}

function isInput({ type, operator }: Redirection): boolean {
  return type === "HereString" || type === "HereDoc" || operator === "<";
}
