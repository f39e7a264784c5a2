import type { Witness } from "./job-verdict.ts";

/** What the files do not decide: variables, secrets, inputs, and outputs whose writer cannot be read. */
const FREE = /^((vars|secrets|env|inputs|needs)\.|fromJSON\(|.*: steps\..*\.outputs\.)/;
const MAX_SHOWN = 3;

/** The values that an event needs besides what it says itself: ", where `vars.X` is `a`"; empty where there are none. */
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
