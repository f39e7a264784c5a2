import type { Job } from "@release-actions/workflow";
import { ancestorsOf, freeValues, type Hole, judgeGate } from "@release-actions/workflow-prover";
import { promisedEvents, startsBy } from "./check-reach.ts";
import type { Promised } from "./contract.ts";
import type { FoundJob } from "./find-job.ts";
import { cannotTell, type Finding, finding } from "./finding.ts";

/** Whether the gate waits for the job, and fails whenever the job did not succeed. */
export function checkGate(promised: Promised, found: FoundJob): Finding[] {
  const { gate: id } = promised;
  const { job, project } = found;
  if (id === undefined || id === job.id) return [];
  const gate = job.workflow.jobs.find((candidate) => candidate.id === id);
  const broken = (message: string, at: Job): Finding[] => [finding("error", "gate", job.id, message, at.location)];
  if (gate === undefined) return broken(`its gate \`${id}\` is not a job of ${job.workflow.file}`, job);
  if (!ancestorsOf(gate).has(job.id))
    return broken(`the gate \`${id}\` does not wait for \`${job.id}\`: add it to the gate's \`needs\``, gate);
  const { holes, dependsOn } = judgeGate(project, gate, job, startsBy(promisedEvents(promised, found)));
  if (holes.length > 0) return broken(describeHoles(id, holes), gate);
  return dependsOn.length === 0
    ? []
    : [cannotTell("gate", job.id, `whether the gate \`${id}\` fails if \`${job.id}\` fails`, dependsOn, gate.location)];
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
