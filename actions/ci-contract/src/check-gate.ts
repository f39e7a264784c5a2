import { type Job, reachOf, runsAfterFailure } from "@release-actions/workflow";
import type { Promised } from "./contract.ts";
import type { FoundJob } from "./find-job.ts";
import type { Finding } from "./finding.ts";

/** Whether the gate waits for the job, runs whatever happened to it, and looks at how it ended. */
export function checkGate({ gate: id }: Promised, { job, workflow }: FoundJob): Finding[] {
  if (id === undefined) return [];
  const gate = workflow.jobs.find((candidate) => candidate.id === id);
  const finding = (message: string, at: Job): Finding => ({
    rule: "gate",
    job: job.id,
    message,
    location: at.location,
  });
  if (gate === undefined) return [finding(`its gate \`${id}\` is no job of ${workflow.file}`, job)];
  const findings: Finding[] = [];
  if (!gate.needs.includes(job.id)) findings.push(finding(`the gate \`${id}\` does not need it`, gate));
  const [reach] =
    reachOf(workflow)
      .get(id)
      ?.filter(({ canRun }) => canRun) ?? [];
  if (reach === undefined) findings.push(finding(`the gate \`${id}\` can never run`, gate));
  else if (runsAfterFailure(gate, reach.scenario).canFail) {
    findings.push(
      finding(
        `the gate \`${id}\` is skipped when a job it needs fails, which counts as green: give it \`if: always()\``,
        gate,
      ),
    );
  }
  if (!looksAt(gate, job.id))
    findings.push(finding(`the gate \`${id}\` never looks at \`needs.${job.id}.result\``, gate));
  return findings;
}

/** Whether any expression of the gate's steps reads how the job ended. */
function looksAt(gate: Job, job: string): boolean {
  const text = JSON.stringify(gate.steps.map(({ node }) => node.value));
  const expressions = [...text.matchAll(/\$\{\{(.*?)\}\}/g)].map(([, inner = ""]) => inner);
  const conditions = gate.steps.map(({ condition = "" }) => condition);
  const result = new RegExp(`needs\\.(\\*|${job.replaceAll("-", "\\-")})\\.result|toJSON\\(\\s*needs\\s*\\)`, "i");
  return [...expressions, ...conditions].some((expression) => result.test(expression));
}
