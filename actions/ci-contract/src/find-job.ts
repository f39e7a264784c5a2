import type { Job } from "@release-actions/workflow";
import type { Project } from "@release-actions/workflow-prover";
import type { Promised } from "./contract.ts";
import { type Finding, finding } from "./finding.ts";
import type { RepositoryScripts } from "./repository-scripts.ts";

export interface FoundJob {
  readonly job: Job;
  readonly project: Project;
  readonly scripts: RepositoryScripts;
}

/** Finds the job that a promise is about; returns a finding when there is no such job, or more than one. */
export function findJob(promised: Promised, project: Project, scripts: RepositoryScripts): FoundJob | Finding {
  const { job: id, name, location } = promised;
  const { workflows } = project;
  const named = workflows.filter(({ file }) => promised.workflow === undefined || isNamed(file, promised.workflow));
  const found = named.flatMap(({ jobs }) => jobs.filter((job) => job.id === id));
  const [first, second] = found;
  const missing = (message: string): Finding => finding("error", "missing-job", name, message, location);
  if (promised.workflow !== undefined && named.length === 0)
    return missing(`there is no workflow ${promised.workflow}`);
  if (first === undefined) {
    const where = named.map(({ file }) => file).join(", ");
    const known = named.flatMap(({ jobs }) => jobs.map((job) => job.id)).join(", ");
    return missing(`no job \`${id}\` in ${where || "any workflow"}; there are: ${known || "none"}`);
  }
  if (second === undefined) return { job: first, project, scripts };
  const files = found.map(({ workflow }) => workflow.file).join(" and ");
  const example = `${first.workflow.file.split("/").at(-1)}/${id}`;
  return missing(`\`${id}\` is a job of ${files}: name it by its workflow, such as \`${example}\``);
}

export function isNamed(file: string, name: string): boolean {
  return file === name || file.endsWith(`/${name}`);
}
