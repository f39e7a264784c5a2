import { compile } from "@michaelhomer/jqjs";
import { CannotTell } from "../choices.ts";

/** The output of a program and its exit code. */
export interface Outcome {
  readonly code: number;
  readonly output: string;
}

/** Simulates `jq`. @throws CannotTell for unsupported options and programs */
export function runJq(args: readonly string[], input: string): Outcome {
  let [isRaw, isExitStatus, isSlurp, isNull] = [false, false, false, false];
  const bindings: [name: string, value: unknown][] = [];
  const rest: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? "";
    if (arg === "--arg" || arg === "--argjson") {
      const [name = "", value = ""] = args.slice(index + 1, index + 3);
      bindings.push([name, arg === "--arg" ? value : parsed(value)]);
      index += 2;
    } else if (arg === "--exit-status") isExitStatus = true;
    else if (arg === "--raw-output") isRaw = true;
    else if (arg === "--slurp") isSlurp = true;
    else if (arg === "--null-input") isNull = true;
    else if (arg === "--compact-output") continue;
    else if (/^-[a-zA-Z]+$/.test(arg)) {
      if (/[^rescnjMC]/.test(arg.slice(1))) throw new CannotTell(`\`jq ${arg}\``);
      isRaw ||= /[rj]/.test(arg);
      isExitStatus ||= arg.includes("e");
      isSlurp ||= arg.includes("s");
      isNull ||= arg.includes("n");
    } else if (arg.startsWith("--")) throw new CannotTell(`\`jq ${arg}\``);
    else rest.push(arg);
  }
  const [program = ".", ...files] = rest;
  if (files.length > 0) throw new CannotTell("what `jq` reads from files");
  // As in jq, `all` and `any` test the values of an object.
  const definitions = "def all(f): all(.[]; f); def any(f): any(.[]; f); ";
  const prefix = bindings.map(([name, value]) => `${JSON.stringify(value)} as $${name} | `).join("");
  const inputs = isNull ? [null] : isSlurp ? [documents(input)] : documents(input);
  const results = inputs.flatMap((document) => run(`${definitions}${prefix}${program}`, document));
  const shown = results.map((result) => (isRaw && typeof result === "string" ? result : JSON.stringify(result)));
  const last = results.at(-1);
  const code = isExitStatus ? (results.length === 0 ? 4 : last === false || last === null ? 1 : 0) : 0;
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
