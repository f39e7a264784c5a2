import { compile } from "@michaelhomer/jqjs";
import { CannotTell } from "../choices.ts";

/** The output of a program and its exit code. */
export interface Outcome {
  readonly code: number;
  readonly output: string;
}

/** The letters of long options. */
const OPTIONS: Readonly<Record<string, string>> = {
  "--exit-status": "e",
  "--raw-output": "r",
  "--slurp": "s",
  "--null-input": "n",
  "--compact-output": "c",
};

/** Simulates `jq`. @throws CannotTell for unsupported options and programs */
export function runJq(args: readonly string[], input: string): Outcome {
  let flags = "";
  const bindings: [name: string, value: unknown][] = [];
  const rest: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? "";
    if (arg === "--arg" || arg === "--argjson") {
      const [name = "", value = ""] = args.slice(index + 1, index + 3);
      bindings.push([name, arg === "--arg" ? value : parsed(value)]);
      index += 2;
    } else if (/^(--.*|-[a-zA-Z]+)$/s.test(arg)) {
      const letters = OPTIONS[arg] ?? arg.slice(1);
      if (/[^rescnjMC]/.test(letters)) throw new CannotTell(`\`jq ${arg}\``);
      flags += letters;
    } else rest.push(arg);
  }
  const [program = ".", ...files] = rest;
  if (files.length > 0) throw new CannotTell("what `jq` reads from files");
  // As in jq, `all` and `any` test the values of an object.
  const definitions = "def all(f): all(.[]; f); def any(f): any(.[]; f); ";
  const prefix = bindings.map(([name, value]) => `${JSON.stringify(value)} as $${name} | `).join("");
  const inputs = flags.includes("n") ? [null] : flags.includes("s") ? [documents(input)] : documents(input);
  const results = inputs.flatMap((document) => run(`${definitions}${prefix}${program}`, document));
  const shown = results.map((result) =>
    /[rj]/.test(flags) && typeof result === "string" ? result : JSON.stringify(result),
  );
  const last = results.at(-1);
  const code = flags.includes("e") ? (results.length === 0 ? 4 : last === false || last === null ? 1 : 0) : 0;
  return { code, output: shown.map((line) => `${line}\n`).join("") };
}

function run(program: string, document: unknown): unknown[] {
  try {
    return [...compile(program)(document)];
  } catch (cause) {
    throw new CannotTell(`what \`jq '${program}'\` does`, { cause });
  }
}

/** One JSON document, or one on each line. */
function documents(text: string): unknown[] {
  try {
    return [JSON.parse(text)];
  } catch {
    return text
      .split("\n")
      .filter((line) => line.trim() !== "")
      .map(parsed);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CannotTell("a text that `jq` cannot read", { cause });
  }
}
