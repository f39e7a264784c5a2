import type { Job } from "@release-actions/workflow";
import { ancestorsOf, freeValues, type Hole, judgeGate } from "@release-actions/workflow-prover";
import { promisedEvents } from "./check-reach.ts";
import type { Promised } from "./contract.ts";
import type { FoundJob } from "./find-job.ts";
import { cannotTell, type Finding } from "./finding.ts";

/** Whether the gate waits for the job, and fails whenever the job did not succeed. */
export function checkGate(promised: Promised, found: FoundJob): Finding[] {
  const { gate: id } = promised;
  const { job, workflow, project } = found;
  if (id === undefined || id === job.id) return [];
  const gate = workflow.jobs.find((candidate) => candidate.id === id);
  const finding = (message: string, at: Job): Finding => ({
    level: "error",
    rule: "gate",
    job: job.id,
    message,
    location: at.location,
  });
  if (gate === undefined) return [finding(`its gate \`${id}\` is not a job of ${workflow.file}`, job)];
  if (!ancestorsOf(workflow, gate).has(job.id))
    return [finding(`the gate \`${id}\` does not need it, so that it does not wait for it`, gate)];
  const events = promisedEvents(promised, found);
  const { holes, dependsOn } = judgeGate(
    project,
    workflow,
    gate,
    job,
    ({ eventCase }) => events.length === 0 || events.includes(eventCase.event),
  );
  if (holes.length > 0) return [finding(describeHoles(id, holes), gate)];
  return dependsOn.length === 0
    ? []
    : [cannotTell("gate", job.id, `whether the gate \`${id}\` fails with it`, dependsOn, gate.location)];
}

/** All ways in which a gate lets a job through, in one sentence. */
export function describeHoles(gate: string, holes: readonly Hole[], subject = "it"): string {
  const [skipped, passed] = [holes.filter(({ isSkipped }) => isSkipped), holes.filter(({ isSkipped }) => !isSkipped)];
  const listOf = (some: readonly Hole[]): string => {
    const texts = some.map(({ result, because }) =>
      because === undefined ? PAST[result] : `is skipped because \`${because}\` did not succeed`,
    );
    return `${subject} ${texts.length > 1 ? `${texts.slice(0, -1).join(", ")} or ${texts.at(-1)}` : (texts[0] ?? "")}`;
  };
  const parts = [
    ...(skipped.length === 0 ? [] : [`is skipped, which GitHub treats as passed, when ${listOf(skipped)}`]),
    ...(passed.length === 0 ? [] : [`passes when ${listOf(passed)}`]),
  ];
  const [first] = holes;
  const example = first === undefined ? "" : `${first.witness.event}${freeValues(first.witness)}`;
  const advice = passed.length === 0 ? "give it `if: always()`" : "let it fail for every result other than success";
  return `the gate \`${gate}\` ${parts.join(", and ")} (for example with ${example}): ${advice}`;
}

const PAST: Readonly<Record<Hole["result"], string>> = {
  success: "succeeds",
  failure: "fails",
  cancelled: "is cancelled",
  skipped: "is skipped",
};
