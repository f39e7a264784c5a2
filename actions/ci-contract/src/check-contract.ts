import { readWorkflow, validateWorkflow, type Workflow, type WorkflowFile, YamlError } from "@release-actions/workflow";
import { Project } from "@release-actions/workflow-prover";
import { checkCaches } from "./check-caches.ts";
import { checkCheckouts } from "./check-checkouts.ts";
import { checkCommands } from "./check-commands.ts";
import { checkConditions } from "./check-conditions.ts";
import { checkGate } from "./check-gate.ts";
import { checkMatrix } from "./check-matrix.ts";
import { checkPending, checkQueues } from "./check-pending.ts";
import { checkReach } from "./check-reach.ts";
import { checkTolerance } from "./check-tolerance.ts";
import type { Promised } from "./contract.ts";
import { type FoundJob, findJob } from "./find-job.ts";
import { cannotTell, type Finding, finding } from "./finding.ts";
import { type RepositoryScripts, readScripts, type ScriptTexts } from "./repository-scripts.ts";

/** The workflows that GitHub would run, and findings about the others. */
export interface ParsedWorkflows {
  readonly workflows: readonly Workflow[];
  readonly findings: readonly Finding[];
}

/** Errors of GitHub's published parser for workflows that GitHub does run, as many workflows in use show. */
const TOLERATED =
  /^(Unexpected type|Unexpected value '(tags|branches|paths)|A (mapping|sequence|scalar) was not expected)/;

/** Reads all workflows. If one cannot be read, or GitHub refuses it, this is a finding, and the others are still read. */
export async function parseWorkflows(files: readonly WorkflowFile[]): Promise<ParsedWorkflows> {
  const workflows: Workflow[] = [];
  const findings: Finding[] = [];
  for (const { file, text } of files) {
    const refused = (message: string, location: Finding["location"]): void => {
      const told = `GitHub refuses ${file}: ${message.replace(`${file}:`, "line ")}`;
      findings.push(finding("error", "invalid-workflow", "", told, location));
    };
    try {
      const workflow = readWorkflow(text, file);
      const problems = await validateWorkflow(text, file);
      const { severe = [], tolerated = [] } = Object.groupBy(problems, ({ message }) =>
        TOLERATED.test(message) ? "tolerated" : "severe",
      );
      for (const { message, location = { file } } of severe) refused(message, location);
      for (const { message, location = { file } } of tolerated) {
        const reason = `the error "${message}" of its published parser`;
        findings.push(cannotTell("invalid-workflow", "", `whether GitHub accepts ${file}`, [reason], location));
      }
      if (severe.length === 0) workflows.push(workflow);
    } catch (error) {
      if (!(error instanceof YamlError)) throw error;
      refused(error.message, error.location ?? { file });
    }
  }
  return { workflows, findings };
}

/**
 * Checks that the jobs keep their promises. Conditions that are always true are findings in every job.
 *
 * @param texts the justfile, the makefile and the actions of the repository, into which commands are followed
 */
export async function checkContract(
  promises: readonly Promised[],
  files: readonly WorkflowFile[],
  texts: ScriptTexts = {},
): Promise<Finding[]> {
  const scripts = readScripts(texts);
  const { workflows, findings: refused } = await parseWorkflows(files);
  const project = new Project(workflows);
  const findings = promises.flatMap((promised) => checkPromise(promised, project, scripts));
  // When a workflow is refused, a missing job may be in it: the finding about the workflow is enough.
  const missing = refused.length > 0 ? findings.filter(({ rule }) => rule !== "missing-job") : findings;
  return [
    ...refused,
    ...workflows.flatMap((workflow) => [
      ...checkConditions(workflow, promises),
      ...checkCheckouts(project, workflow),
      ...checkCaches(workflow),
    ]),
    ...missing,
    ...checkQueues(promises, project),
  ];
}

/** The checks of a job that can run. */
const CHECKS: readonly ((promised: Promised, found: FoundJob) => Finding[])[] = [
  checkPending,
  checkTolerance,
  checkCommands,
  checkMatrix,
  checkGate,
];

/** All findings about one promised job, under the name that the contract gives it. */
export function checkPromise(promised: Promised, project: Project, scripts: RepositoryScripts): readonly Finding[] {
  const found = findJob(promised, project, scripts);
  if ("rule" in found) return [found];
  const reach = checkReach(promised, found);
  const isDead = reach.some(({ level, message }) => level === "error" && message.startsWith("it can never run"));
  const others = isDead ? [] : CHECKS.flatMap((check) => check(promised, found));
  return [...reach, ...others].map((each) => ({ ...each, job: promised.name }));
}
