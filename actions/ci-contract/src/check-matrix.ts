import { covers, expandMatrix } from "@release-actions/workflow";
import type { Promised } from "./contract.ts";
import type { FoundJob } from "./find-job.ts";
import { cannotTell, type Finding, finding } from "./finding.ts";

/** The promised combinations that no job of the matrix has. */
export function checkMatrix({ matrix }: Promised, { job }: FoundJob): Finding[] {
  const node = job.node.get("strategy").get("matrix");
  const broken = (message: string): Finding => finding("error", "matrix", job.id, message, node.location);
  const jobs = expandMatrix(node);
  if (jobs !== undefined && jobs.length === 0) return [broken("its matrix is empty, so that no job runs")];
  if (matrix.length === 0) return [];
  if (!node.isPresent) return [broken("it has no matrix")];
  const dependsOn = ["the values that the run computes"];
  if (jobs === undefined) return [cannotTell("matrix", job.id, "what its matrix covers", dependsOn, node.location)];
  return matrix
    .filter((wanted) => !jobs.some((candidate) => covers(candidate, wanted)))
    .map((wanted) => broken(`its matrix does not cover ${JSON.stringify(wanted)}`));
}
