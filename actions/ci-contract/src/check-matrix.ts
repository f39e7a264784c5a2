import { covers, expandMatrix } from "@release-actions/workflow";
import type { Promised } from "./contract.ts";
import type { FoundJob } from "./find-job.ts";
import type { Finding } from "./finding.ts";

/** The promised combinations that no job of the matrix has. */
export function checkMatrix({ matrix }: Promised, { job }: FoundJob): Finding[] {
  if (matrix.length === 0) return [];
  const node = job.node.get("strategy").get("matrix");
  const finding = (message: string): Finding => ({ rule: "matrix", job: job.id, message, location: node.location });
  if (!node.isPresent) return [finding("it has no matrix")];
  const jobs = expandMatrix(node);
  if (jobs === undefined) return [finding("its matrix is computed in the run, so that nobody can tell what it covers")];
  return matrix
    .filter((wanted) => !jobs.some((candidate) => covers(candidate, wanted)))
    .map((wanted) => finding(`its matrix does not cover ${JSON.stringify(wanted)}`));
}
