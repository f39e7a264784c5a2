import { callsOf, type Step } from "@release-actions/workflow";
import type { Promised } from "./contract.ts";
import type { FoundJob } from "./find-job.ts";
import type { Finding } from "./finding.ts";

/** The commands and actions that a job promises and does not run for sure. */
export function checkCommands(promised: Promised, { job }: FoundJob): Finding[] {
  const finding = (rule: Finding["rule"], message: string): Finding => ({
    rule,
    job: job.id,
    message,
    location: job.location,
  });
  const commands = promised.run.flatMap((words) => {
    const why = whyNotRun(words, job.steps);
    return why === undefined ? [] : [finding("missing-command", `\`${words.join(" ")}\` ${why}`)];
  });
  const used = [...job.steps.filter((step) => whySkipped(step) === undefined).map(({ uses }) => uses), job.uses];
  const actions = promised.uses
    .filter((name) => !used.some((uses) => uses === name || uses?.startsWith(`${name}@`)))
    .map((name) => finding("missing-action", `no step that always runs uses \`${name}\``));
  return [...commands, ...actions];
}

/** Undefined when some step runs the command and fails with it. */
function whyNotRun(words: readonly string[], steps: readonly Step[]): string | undefined {
  const reasons: string[] = [];
  for (const step of steps) {
    if (step.run === undefined) continue;
    const reading = callsOf(step.run, step.shell);
    const calls = reading?.calls.filter((call) => isCallOf(call.words, words)) ?? [];
    const skipped = whySkipped(step);
    for (const call of calls) {
      if (call.discount === undefined && skipped === undefined) return undefined;
      reasons.push(`does not count in line ${step.location.line}: it is ${call.discount ?? skipped}`);
    }
    if (reading === undefined)
      reasons.push(`cannot be looked for in the ${step.shell} script of line ${step.location.line}`);
  }
  return reasons[0] ?? "is no command of any step";
}

/** A step whose failure, or whose absence, would not be seen. */
function whySkipped(step: Step): string | undefined {
  const tolerated = step.node.get("continue-on-error");
  if (tolerated.isPresent && tolerated.value !== false) return "in a step with continue-on-error";
  const isAlways =
    step.condition === undefined || /^(always\(\)|success\(\)|!\s*cancelled\(\)|true)$/.test(step.condition);
  return isAlways ? undefined : `in a step that runs only \`if: ${step.condition}\``;
}

/** The program is the same, and the promised words follow it in their order, others between them allowed. */
function isCallOf(words: readonly string[], promised: readonly string[]): boolean {
  if (words[0] !== promised[0]) return false;
  let next = 0;
  for (const word of words) if (word === promised[next]) next += 1;
  return next === promised.length;
}
