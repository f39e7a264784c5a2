import { type Call, callsOf, type Step } from "@release-actions/workflow";
import { canSkipSteps, freeValues } from "@release-actions/workflow-prover";
import { promisedEvents } from "./check-reach.ts";
import { toleranceOf } from "./check-tolerance.ts";
import type { Promised } from "./contract.ts";
import type { FoundJob } from "./find-job.ts";
import { cannotTell, type Finding } from "./finding.ts";
import type { RepositoryScripts } from "./repository-scripts.ts";

/** A step that has the command or action. `discount` says why it does not count there; undefined when it counts. */
interface Place {
  readonly step: Step;
  readonly discount: string | undefined;
  /** Whether the files do not show if it counts, so that only a run can tell. */
  readonly isUnknown?: boolean;
}

/** Options that make a program print something or only prepare, instead of running its checks. */
const NO_WORK = ["--no-run", "--help", "--version", "--dry-run", "--list"];

/** Findings for each promised command and action that the job may not run. */
export function checkCommands(promised: Promised, found: FoundJob): Finding[] {
  const commands = promised.run.flatMap((words) => {
    const places = found.job.steps.flatMap((step) => placesOf(words, step, found));
    return verdictOf(
      "missing-command",
      `\`${words.join(" ")}\``,
      places,
      promised,
      found,
      "is not a command of any step",
    );
  });
  const actions = promised.uses.flatMap((name) => {
    if (isUse(found.job.uses, name)) return [];
    const places = found.job.steps
      .filter(({ uses }) => isUse(uses, name))
      .map((step): Place => ({ step, ...toleranceIn(step, found) }));
    return verdictOf("missing-action", `\`${name}\``, places, promised, found, "is not used by any step");
  });
  return [...commands, ...actions];
}

function verdictOf(
  rule: Finding["rule"],
  what: string,
  places: readonly Place[],
  promised: Promised,
  found: FoundJob,
  absent: string,
): Finding[] {
  const { job, workflow, project } = found;
  const [first] = places;
  const finding = (message: string, location: Finding["location"]): Finding => ({
    level: "error",
    rule,
    job: job.id,
    message: `${what} ${message}`,
    location,
  });
  if (first === undefined) return [finding(absent, job.location)];
  const counting = places.filter(({ discount }) => discount === undefined);
  if (counting.length === 0) {
    const unknown = places.find(({ isUnknown }) => isUnknown === true);
    const { step, discount } = unknown ?? first;
    if (unknown !== undefined)
      return [cannotTell(rule, job.id, `whether ${what} runs`, [discount ?? ""], step.location)];
    return [finding(`does not count: it is ${discount}`, step.location)];
  }
  const events = promisedEvents(promised, found);
  const verdict = canSkipSteps(
    project,
    workflow,
    job,
    counting.map(({ step }) => step),
    ({ eventCase }) => events.length === 0 || events.includes(eventCase.event),
  );
  const at = counting[0]?.step ?? first.step;
  const condition = at.condition?.replaceAll(/\s+/g, " ");
  if (verdict.kind === "possible") {
    // When no event is promised, it is enough that the step can run at all.
    if (events.length === 0) return [];
    return [
      finding(
        `does not count: \`if: ${condition}\` skips its step for ${verdict.witness.event}${freeValues(verdict.witness)}`,
        at.location,
      ),
    ];
  }
  if (verdict.kind === "impossible") return [];
  return [cannotTell(rule, job.id, `whether ${what} runs (\`if: ${condition}\`)`, verdict.dependsOn, at.location)];
}

function placesOf(words: readonly string[], step: Step, found: FoundJob): Place[] {
  return step.run === undefined ? placesInAction(words, step, found) : callPlaces(words, step, found);
}

function callPlaces(words: readonly string[], step: Step, found: FoundJob): Place[] {
  if (step.run === undefined) return [];
  const reading = callsOf(step.run, step.shell ?? defaultShell(found));
  if (reading === undefined) {
    const mentions = words.every((word) => step.run?.includes(word));
    return mentions ? [{ step, discount: `the ${step.shell} script, which is not read`, isUnknown: true }] : [];
  }
  return withRecipes(reading.calls, found.scripts)
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
  return (found.scripts.actions.get(folder) ?? []).flatMap((inner): Place[] => {
    if (inner.run === undefined) return [];
    const inAction = callPlaces(words, { ...step, run: inner.run, shell: inner.shell }, found);
    const place = inAction.map((one): Place => ({ ...one, step }));
    const isUnknown = inner.doubt?.startsWith("`if") === true;
    return inner.doubt === undefined
      ? place
      : place.map(() => ({
          step,
          discount: `${isUnknown ? "" : "in "}a step of ${folder} with ${inner.doubt}`,
          isUnknown,
        }));
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
      return withRecipes(callsOf(script, program === "make" ? "sh" : "bash")?.calls ?? [], scripts, [...seen, key]);
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
function toleranceIn(step: Step, { project, workflow, job }: FoundJob): Omit<Place, "step"> {
  const verdict = toleranceOf(project, workflow, job, step);
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
