import type { Job, Step } from "@release-actions/workflow";
import { type CommandNode, parse, type Redirection, type Statement, type Word } from "unbash";
import { choiceVariable, constant, type Meaning, meaningOfVariable, writtenVariable } from "./variable.ts";

/** Actions for which the documentation lists the few values of an output. */
const KNOWN: readonly (readonly [uses: RegExp, output: RegExp, values: readonly string[]])[] = [
  [/^dorny\/paths-filter@/, /^(?!changes$|.*_(count|files)$)/, ["true", "false"]],
  [
    /^tj-actions\/changed-files@/,
    /(^|_)(any_(changed|modified|deleted)|only_(changed|modified|deleted))$/,
    ["true", "false"],
  ],
  [/^actions\/cache(\/restore)?@/, /^cache-hit$/, ["true", "false", ""]],
];

/**
 * The meaning of a step's output: the values that its script writes, if all of them can be read, or else any text.
 */
export function stepOutput(job: Job, step: Step, output: string): Meaning {
  const key = `${job.id}: steps.${step.id}.outputs.${output}`;
  const { uses, run, condition } = step;
  const known = KNOWN.find(([action, name]) => uses !== undefined && action.test(uses) && name.test(output));
  if (known !== undefined) return meaningOfVariable(choiceVariable(key, known[2]));
  const written = run === undefined ? undefined : writtenValues(run, output);
  if (written === undefined) return meaningOfVariable(writtenVariable(key));
  const isCertain = written.isCertain && condition === undefined && !step.background;
  const values = [...new Set([...written.values, ...(isCertain ? [] : [""])])];
  const [only] = values;
  return values.length === 1 && only !== undefined ? constant(only) : meaningOfVariable(choiceVariable(key, values));
}

/** The values that a script writes to an output; undefined when some of them cannot be read. */
function writtenValues(script: string, output: string): { values: string[]; isCertain: boolean } | undefined {
  const ast = parse(script.replaceAll(/\$\{\{.*?\}\}/gs, (text) => `$${"x".repeat(text.length - 1)}`));
  if ((ast.errors ?? []).length > 0) return undefined;
  const values: string[] = [];
  let [mentions, isCertain] = [0, true];
  const visit = (statements: readonly Statement[], isSure: boolean): void => {
    for (const { command } of statements) {
      if (command.type === "AndOr" || command.type === "Pipeline") continue;
      if (command.type === "If") {
        visit(command.then.commands, false);
        for (const { then } of command.elif) visit(then.commands, false);
        visit(command.else?.commands ?? [], false);
      } else if (command.type === "Command") {
        const assignment = outputAssignment(command);
        if (assignment === undefined) continue;
        mentions += 1;
        if (assignment.name.toLowerCase() !== output) continue;
        values.push(assignment.value);
        isCertain &&= isSure;
      }
    }
  };
  visit(ast.commands, true);
  // If the script mentions the output file anywhere else, it may write other values.
  const all = script.match(/GITHUB_OUTPUT|set-output/g)?.length ?? 0;
  if (mentions !== all || mentions === 0) return undefined;
  return { values, isCertain: isCertain && values.length === 1 };
}

/** Reads `echo name=value >> "$GITHUB_OUTPUT"` with a literal value. */
function outputAssignment(command: CommandNode & { type: "Command" }): { name: string; value: string } | undefined {
  if (command.name?.value !== "echo" || command.args.length !== 1) return undefined;
  if (!command.redirects.some(isOutputFile)) return undefined;
  const [word] = command.args;
  const text = word === undefined ? undefined : word.type === "Assignment" ? word.text : fixedText(word);
  const [, name, value] = /^([\w-]+)=([\s\S]*)$/.exec(text ?? "") ?? [];
  return name === undefined || value === undefined || /[$`\\]/.test(value) ? undefined : { name, value };
}

function isOutputFile(redirection: Redirection): boolean {
  return redirection.type === "Redirect" && redirection.target?.value.includes("GITHUB_OUTPUT") === true;
}

function fixedText(word: Word): string | undefined {
  return /[$`]/.test(word.text) ? undefined : word.value;
}
