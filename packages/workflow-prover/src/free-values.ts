import type { Witness } from "./job-verdict.ts";

/** Values that the files do not determine: variables, secrets, inputs, and outputs of code that cannot be analysed. */
const FREE = /^((vars|secrets|env|inputs|needs)\.|fromJSON\(|.*: steps\..*\.outputs\.)/;
const MAX_SHOWN = 3;

/** The values that are needed in addition to the event, as text to append: ", where `vars.X` is `a`"; empty when there are none. */
export function freeValues({ values }: Witness): string {
  const free = [...values].filter(([key]) => FREE.test(key) && !key.endsWith(" was set"));
  const shown = free.slice(0, MAX_SHOWN).map(([key, value]) => `${nameOf(key)} is ${textOf(value)}`);
  return shown.length === 0 ? "" : `, where ${shown.join(" and ")}`;
}

/** `changes: steps.filter.outputs.rust` is the output of a step in the job `changes`. */
function nameOf(key: string): string {
  const [, job, path] = /^(.*): (steps\..*)$/.exec(key) ?? [];
  return path === undefined ? `\`${key}\`` : `\`${path}\` of \`${job}\``;
}

function textOf(value: unknown): string {
  return value === "" ? "empty" : `\`${String(value)}\``;
}
