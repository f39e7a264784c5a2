import { readWorkflow, validateWorkflow, type Workflow } from "@release-actions/workflow";
import { checkCommands } from "./check-commands.ts";
import { checkGate } from "./check-gate.ts";
import { checkMatrix } from "./check-matrix.ts";
import { checkReach } from "./check-reach.ts";
import type { Promised } from "./contract.ts";
import { findJob } from "./find-job.ts";
import type { Finding } from "./finding.ts";

export interface WorkflowFile {
  readonly file: string;
  readonly text: string;
}

/**
 * Holds workflows against what is promised of their jobs. A workflow that GitHub would refuse is a finding
 * for each job promised in it, since none of them would run.
 *
 * @throws YamlError for a workflow that is no YAML at all
 */
export async function checkContract(promises: readonly Promised[], files: readonly WorkflowFile[]): Promise<Finding[]> {
  const workflows = files.map(({ file, text }) => readWorkflow(text, file));
  const findings: Finding[] = [];
  for (const promised of promises) {
    const found = findJob(promised, workflows);
    if ("rule" in found) {
      findings.push(found);
      continue;
    }
    const refused = await refusals(promised.job, found.workflow, files);
    // What cannot run needs no further look, and its conditions may not even parse.
    if (refused.length > 0) findings.push(...refused);
    else
      findings.push(...[checkReach, checkCommands, checkMatrix, checkGate].flatMap((check) => check(promised, found)));
  }
  return findings;
}

async function refusals(job: string, { file }: Workflow, files: readonly WorkflowFile[]): Promise<Finding[]> {
  const text = files.find((candidate) => candidate.file === file)?.text ?? "";
  const problems = await validateWorkflow(text, file);
  return problems.map(({ message, location = { file } }) => ({
    rule: "invalid-workflow",
    job,
    message: `GitHub refuses its workflow: ${message}`,
    location,
  }));
}
