import { type Call, callsOf, type Job, type Step } from "@release-actions/workflow";
import { canSkipSteps, freeValues } from "@release-actions/workflow-prover";
import { promisedEvents, startsBy } from "./check-reach.ts";
import { toleranceOf } from "./check-tolerance.ts";
import type { Promised } from "./contract.ts";
import type { FoundJob } from "./find-job.ts";
import { cannotTell, type Finding, finding } from "./finding.ts";
import type { RepositoryScripts } from "./repository-scripts.ts";

/** A step that has the command or action. `discount` says why it does not count there; undefined when it counts. */
interface Place {
  readonly step: Step;
  readonly discount: string | undefined;
  /** True if the files do not show whether it counts; only a run can tell. */
  readonly isUnknown?: boolean;
}

/** Options that make a program print something or only prepare, instead of running its checks. */
const NO_WORK = ["--no-run", "--help", "--version", "--dry-run", "--list"];

/** What is wrong with a promise that no step seems to keep. */
const ABSENT = {
  "missing-command": "is not a command of any step",
  "missing-action": "is not used by any step",
} as const;

/** Findings for each promised command and action that the job may not run. */
export function checkCommands(promised: Promised, found: FoundJob): Finding[] {
  const { job } = found;
  const commands = promised.run.flatMap((words) => {
    const places = job.steps.flatMap((step) => placesOf(words, step, found));
    return judged("missing-command", words.join(" "), places, promised, found);
  });
  const actions = promised.uses.flatMap((name) => {
    if (isUse(job.uses, name)) return [];
    const steps = job.steps.filter(({ uses }) => isUse(uses, name));
    const places = steps.map((step): Place => ({ step, ...toleranceIn(step, found) }));
    return judged("missing-action", name, places, promised, found);
  });
  return [...commands, ...actions];
}

/** Whether the job may run a command or action in none of the places where it counts. */
function judged(
  rule: keyof typeof ABSENT,
  name: string,
  places: readonly Place[],
  promised: Promised,
  found: FoundJob,
): Finding[] {
  const { job, project } = found;
  const counting = places.filter(({ discount }) => discount === undefined).map(({ step }) => step);
  const [first] = counting;
  const broken = (message: string, { location }: Job | Step): Finding[] => [
    finding("error", rule, job.id, `\`${name}\` ${message}`, location),
  ];
  const unsure = (where: string, dependsOn: readonly string[], { location }: Step): Finding[] => [
    cannotTell(rule, job.id, `whether \`${name}\` runs${where}`, dependsOn, location),
  ];
  if (first === undefined) {
    const place = places.find(({ isUnknown }) => isUnknown === true) ?? places[0];
    if (place === undefined) return broken(ABSENT[rule], job);
    const { step, discount = "", isUnknown } = place;
    return isUnknown === true ? unsure("", [discount], step) : broken(`does not count: it is ${discount}`, step);
  }
  const events = promisedEvents(promised, found);
  const verdict = canSkipSteps(project, job, counting, startsBy(events));
  const condition = `\`if: ${first.condition?.replaceAll(/\s+/g, " ")}\``;
  // When no event is promised, it is enough that the step can run at all.
  if (verdict.kind === "impossible" || (verdict.kind === "possible" && events.length === 0)) return [];
  if (verdict.kind === "unknown") return unsure(` (${condition})`, verdict.dependsOn, first);
  const event = `${verdict.witness.event}${freeValues(verdict.witness)}`;
  return broken(`does not count: ${condition} skips its step for ${event}`, first);
}

function placesOf(words: readonly string[], step: Step, found: FoundJob): Place[] {
  return step.run === undefined
    ? placesInAction(words, step, found)
    : placesInScript(words, step.run, step.shell, step, found);
}

function placesInScript(
  words: readonly string[],
  script: string,
  shell: string | undefined,
  step: Step,
  found: FoundJob,
): Place[] {
  const calls = callsOf(script, shell ?? defaultShell(found));
  if (calls === undefined) {
    const mentions = words.every((word) => script.includes(word));
    return mentions ? [{ step, discount: `the ${shell} script, which is not read`, isUnknown: true }] : [];
  }
  return withRecipes(calls, found.scripts)
    .filter((call) => isCallOf(call.words, words))
    .map((call): Place => {
      const idle = idleOption(call.words, words);
      const discount = call.discount ?? (idle === undefined ? undefined : `only run with \`${idle}\``);
      return discount === undefined ? { step, ...toleranceIn(step, found) } : { step, discount };
    });
}

/** The calls of a command in the composite action that the step uses, if that action is in the repository. */
function placesInAction(words: readonly string[], step: Step, found: FoundJob): Place[] {
  const folder = step.uses?.replace(/^\$/, ".").replace(/\/$/, "") ?? "";
  return (found.scripts.actions.get(folder) ?? []).flatMap(({ run = "", shell, doubt }): Place[] => {
    const places = placesInScript(words, run, shell, step, found);
    if (doubt === undefined) return places;
    const isUnknown = doubt.startsWith("`if");
    const discount = `${isUnknown ? "" : "in "}a step of ${folder} with ${doubt}`;
    return places.map(() => ({ step, discount, isUnknown }));
  });
}

/** The calls of a script, and those in recipes that it runs with `just` or `make`, which fail if one of them fails. */
function withRecipes(calls: readonly Call[], scripts: RepositoryScripts, seen: readonly string[] = []): Call[] {
  return calls.flatMap((call) => {
    const [program] = call.words;
    if (program !== "just" && program !== "make") return [call];
    const recipes = scripts.recipes[program];
    const followed = targetsOf(call.words).flatMap((name) => {
      const recipe = recipes.get(name);
      const key = `${program} ${name}`;
      if (recipe === undefined || seen.includes(key)) return [];
      const script = [...recipe.needs.map((need) => `${program} ${need}`), recipe.script].join("\n");
      return withRecipes(callsOf(script, program === "make" ? "sh" : "bash") ?? [], scripts, [...seen, key]);
    });
    return [call, ...followed.map((one): Call => ({ ...one, discount: call.discount ?? one.discount }))];
  });
}

/** The recipes that `just x` and `make x y A=b` run; empty when an option names another folder or file. */
function targetsOf([program, ...words]: readonly string[]): string[] {
  if (words.some((word) => /^(-C|-f|--directory|--file|--makefile|--justfile|--working-directory)/.test(word)))
    return [];
  const names = words.filter((word) => !word.startsWith("-") && !word.includes("="));
  return program === "just" ? names.slice(0, 1) : names;
}

/** The option that keeps a program from its work. `--version` followed by a value selects a version, so it is fine. */
function idleOption(words: readonly string[], promised: readonly string[]): string | undefined {
  return words.find((word, index) => {
    const next = words[index + 1];
    const takesValue = word === "--version" && next !== undefined && !next.startsWith("-");
    return NO_WORK.includes(word) && !promised.includes(word) && !takesValue;
  });
}

/** Why the failure of a step would go unnoticed, if it would. */
function toleranceIn(step: Step, { project, job }: FoundJob): Omit<Place, "step"> {
  const verdict = toleranceOf(project, job, step);
  if (verdict.kind === "possible") return { discount: "in a step with continue-on-error" };
  if (verdict.kind === "unknown") return { discount: verdict.dependsOn.join(", "), isUnknown: true };
  if (!step.background) return { discount: undefined };
  const { steps } = job;
  const after = steps.slice(steps.indexOf(step) + 1);
  if (after.some(({ cancels }) => cancels !== undefined && cancels === step.id))
    return { discount: "in a background step that is cancelled" };
  const wait = after.find(({ waits }) => waits === "all" || (step.id !== undefined && waits?.includes(step.id)));
  return wait?.node.get("continue-on-error").value === true
    ? { discount: "in a background step, and the step that waits for it has continue-on-error" }
    : { discount: undefined };
}

/** Windows runners start PowerShell where no shell is named. */
function defaultShell({ job }: FoundJob): string | undefined {
  const runsOn = JSON.stringify(job.node.get("runs-on").value ?? "");
  return /windows/i.test(runsOn) && !/\$\{\{/.test(runsOn) ? "pwsh" : undefined;
}

function isUse(uses: string | undefined, name: string): boolean {
  return uses === name || uses?.startsWith(`${name}@`) === true;
}

/** Whether a call has the promised program and the promised words in the same order; other words may stand between. */
function isCallOf(words: readonly string[], promised: readonly string[]): boolean {
  if (words[0] !== promised[0]) return false;
  let next = 0;
  for (const word of words) if (word === promised[next]) next += 1;
  return next === promised.length;
}
