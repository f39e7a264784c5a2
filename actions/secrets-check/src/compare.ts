import { posix } from "node:path";
import type { Problem } from "@release-actions/report";
import {
  handedSecrets,
  isStepList,
  readWorkflow,
  secretUsage,
  type UsedSecret,
  type Workflow,
  type WorkflowFile,
} from "@release-actions/workflow";
import { type Expectation, namesOf } from "./expectation.ts";
import type { Finding } from "./finding.ts";
import { findNpmJobs, type NpmJob } from "./npm-jobs.ts";

/** The secrets that the workflows of a folder read. */
export interface Usage {
  readonly secrets: readonly UsedSecret[];
  /** Whether a workflow passes on all secrets or computes a secret's name, so that other secrets may be used too. */
  readonly isOpen: boolean;
  /** The secrets that the caller passes to the workflow of this step; `all` when it has no caller. */
  readonly handed: readonly string[] | "all";
  /** Jobs that publish to npm. */
  readonly npmJobs: readonly NpmJob[];
  /** Files that could not be read. */
  readonly problems: readonly Problem[];
}

export function findUsage(files: readonly WorkflowFile[], env: Readonly<NodeJS.ProcessEnv>): Usage {
  const problems: Problem[] = [];
  const workflows = files.flatMap(({ file, text }): Workflow[] => {
    try {
      return isStepList(text, file) ? [] : [readWorkflow(text, file)];
    } catch (error) {
      const message = `${file} is skipped, because it cannot be read: ${error instanceof Error ? error.message : error}`;
      problems.push({ level: "warning", message });
      return [];
    }
  });
  const { secrets, open } = secretUsage(workflows);
  return {
    secrets,
    isOpen: open.length > 0,
    handed: handedTo(workflows, env),
    npmJobs: findNpmJobs(workflows),
    problems,
  };
}

/**
 * The secrets that this step's workflow receives. If it was called (as `release-preflight.yml`, or by a workflow that
 * has no job of this name of its own), it has those that its caller passes. Others are empty there, even if set.
 */
function handedTo(workflows: readonly Workflow[], env: Readonly<NodeJS.ProcessEnv>): Usage["handed"] {
  const callsOf = (jobs: Workflow["jobs"]) => jobs.filter(({ uses }) => uses !== undefined);
  const jobs = callsOf(workflows.flatMap((workflow) => workflow.jobs));
  const preflight = jobs.filter(({ uses = "" }) => /\/release-preflight\.ya?ml(@|$)/.test(uses));
  const top = /\/([^/@]+)@/.exec(env["GITHUB_WORKFLOW_REF"] ?? "")?.[1];
  const caller = workflows.find(({ file }) => posix.basename(file) === top);
  const isOwn = caller?.jobs.some(({ id, uses }) => id === env["GITHUB_JOB"] && uses === undefined) ?? true;
  if (isOwn && caller !== undefined) return "all";
  const calls = preflight.length > 0 ? preflight : callsOf(caller?.jobs ?? []);
  const handed = calls.map(handedSecrets);
  return handed.length === 0 || handed.includes("all") ? "all" : handed.flat();
}

/** Findings for secrets that are expected but not used, and for those that are used but not expected. */
export function compareUsage(expectations: readonly Expectation[], usage: Usage): Finding[] {
  const expected = expectations
    .filter(({ kind }) => kind !== "npm-oidc")
    .flatMap((expectation) => namesOf(expectation).map((name) => name.toUpperCase()));
  const used = new Set(usage.secrets.map(({ name }) => name));
  const unused = usage.isOpen ? [] : expected.filter((name) => !used.has(name));
  const unexpected = [...used].filter((name) => !expected.includes(name));
  return [
    ...unused.map((name): Finding => {
      return { name, problem: "unused", level: "warning", message: "`expect` names it, but no workflow uses it" };
    }),
    ...unexpected.map((name): Finding => {
      const { file, line } = usage.secrets.find((secret) => secret.name === name)?.location ?? {};
      const message = `${file}:${line} uses it, but \`expect\` does not name it`;
      return { name, problem: "unexpected", level: "warning", message };
    }),
  ];
}
