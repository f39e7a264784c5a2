import { covers, expandMatrix } from "@release-actions/workflow";
import type { Promised } from "./contract.ts";
import type { FoundJob } from "./find-job.ts";
import { cannotTell, type Finding } from "./finding.ts";

/** The promised combinations that no job of the matrix has. */
export function checkMatrix({ matrix }: Promised, { job }: FoundJob): Finding[] {
  const node = job.node.get("strategy").get("matrix");
  const finding = (message: string): Finding => ({
    level: "error",
    rule: "matrix",
    job: job.id,
    message,
    location: node.location,
  });
  const jobs = expandMatrix(node);
  if (jobs !== undefined && jobs.length === 0) return [finding("its matrix is empty, so that no job runs")];
  if (matrix.length === 0) return [];
  if (!node.isPresent) return [finding("it has no matrix")];
  if (jobs === undefined)
    return [
      cannotTell("matrix", job.id, "what its matrix covers", ["the values that the run computes"], node.location),
    ];
  return matrix
    .filter((wanted) => !jobs.some((candidate) => covers(candidate, wanted)))
    .map((wanted) => finding(`its matrix does not cover ${JSON.stringify(wanted)}`));
}
