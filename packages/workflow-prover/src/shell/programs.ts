import { CannotTell } from "../choices.ts";
import { known } from "./control.ts";
import { extendedExpression } from "./glob.ts";
import { type Outcome, runJq } from "./jq.ts";

/** The programs that can be simulated. Each function takes the arguments and the input, and returns the output and exit code. */
export const PROGRAMS: Readonly<Record<string, (args: readonly string[], input: string) => Outcome>> = {
  jq: runJq,
  grep: (args, input) => grep(args, input, false),
  egrep: (args, input) => grep(args, input, true),
  tr: translate,
  wc: (args, input) => {
    if (args.length !== 1) throw new CannotTell(`\`wc ${args.join(" ")}\``);
    const counts: Readonly<Record<string, number>> = {
      "-l": input.split("\n").length - 1,
      "-w": input.split(/\s+/).filter((word) => word !== "").length,
      "-c": input.length,
    };
    const count = counts[args[0] ?? ""];
    if (count === undefined) throw new CannotTell(`\`wc ${args.join(" ")}\``);
    return ok(`${count}\n`);
  },
  sort: (args, input) => {
    if (args.some((arg) => arg !== "-u")) throw new CannotTell(`\`sort ${args.join(" ")}\``);
    const lines = linesOf(input).sort();
    return ok(joined(args.includes("-u") ? [...new Set(lines)] : lines));
  },
  uniq: (args, input) => {
    if (args.length > 0) throw new CannotTell(`\`uniq ${args.join(" ")}\``);
    return ok(joined(linesOf(input).filter((line, index, all) => line !== all[index - 1])));
  },
  tee: (_args, input) => ok(input),
  basename: (args) => ok(`${(args[0] ?? "").split("/").at(-1) ?? ""}\n`),
};

/** Programs that only report or wait. They are assumed to succeed with unknown output. */
export const REPORTERS: readonly string[] = [
  "curl",
  "date",
  "gh",
  "git",
  "hostname",
  "ls",
  "mkdir",
  "sleep",
  "touch",
  "uname",
  "wget",
];

/** The letters of long options. */
const GREP_OPTIONS: Readonly<Record<string, string>> = {
  "--quiet": "q",
  "--silent": "q",
  "--invert-match": "v",
  "--fixed-strings": "F",
};

function grep(args: readonly string[], input: string, isExtended: boolean): Outcome {
  let flags = "";
  const patterns: string[] = [];
  const rest: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? "";
    if (arg === "-e") {
      index += 1;
      patterns.push(args[index] ?? "");
    } else if (GREP_OPTIONS[arg] !== undefined) flags += GREP_OPTIONS[arg];
    else if (/^-[qviEFwxcosP]+$/.test(arg)) flags += arg.slice(1);
    else if (arg.startsWith("-") && arg !== "--") throw new CannotTell(`\`grep ${arg}\``);
    else if (arg !== "--") rest.push(arg);
  }
  if (patterns.length === 0) patterns.push(rest.shift() ?? "");
  if (rest.length > 0) throw new CannotTell("what `grep` reads from files");
  const all = linesOf(known(input));
  const expressions = patterns
    .flatMap((pattern) => pattern.split("\n"))
    .map((pattern) => expressionOf(pattern, flags, isExtended));
  const lines = all.filter((line) => expressions.some((expression) => expression.test(line)) !== flags.includes("v"));
  const shown = flags.includes("q")
    ? ""
    : flags.includes("c")
      ? `${lines.length}\n`
      : flags.includes("o")
        ? joined(
            lines.flatMap((line) =>
              expressions.flatMap(({ source, flags: own }) =>
                [...line.matchAll(new RegExp(source, `g${own}`))].map(([match]) => match),
              ),
            ),
          )
        : joined(lines);
  return { code: lines.length > 0 ? 0 : 1, output: shown };
}

function expressionOf(pattern: string, flags: string, isExtended: boolean): RegExp {
  const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&");
  // In a basic regular expression `|`, `+`, `?`, `(` and `{` are ordinary characters, and `\|`, `\+`, `\?`, `\(`, `\{` are operators.
  const basic = (text: string): string =>
    text.replaceAll(/\\?[|+?(){}]/g, (part) => (part.length === 2 ? part.slice(1) : `\\${part}`));
  const source = flags.includes("F") ? escaped(pattern) : isExtended || /[EP]/.test(flags) ? pattern : basic(pattern);
  const whole = flags.includes("x") ? `^(?:${source})$` : flags.includes("w") ? `\\b(?:${source})\\b` : source;
  return extendedExpression(whole, flags.includes("i") ? "i" : "");
}

function translate(args: readonly string[], input: string): Outcome {
  const characters = (text: string): string =>
    text
      .replaceAll("\\n", "\n")
      .replaceAll("\\t", "\t")
      .replaceAll("[:space:]", " \n\t")
      .replaceAll("[:upper:]", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
      .replaceAll("[:lower:]", "abcdefghijklmnopqrstuvwxyz")
      .replaceAll("A-Z", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
      .replaceAll("a-z", "abcdefghijklmnopqrstuvwxyz");
  const [first = "", second = ""] = args;
  if (first === "-d") return ok([...input].filter((character) => !characters(second).includes(character)).join(""));
  if (first.startsWith("-")) throw new CannotTell(`\`tr ${first}\``);
  const [from, to] = [characters(first), characters(second)];
  return ok(
    [...input]
      .map((character) => (from.includes(character) ? (to[from.indexOf(character)] ?? to.at(-1) ?? "") : character))
      .join(""),
  );
}

function ok(output: string): Outcome {
  return { code: 0, output };
}

function linesOf(text: string): string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

function joined(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}
