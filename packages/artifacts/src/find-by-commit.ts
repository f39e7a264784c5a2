import type { Rest } from "@release-actions/github-rest";
import type { Reporter } from "@release-actions/report";
import { readCommit } from "./commit.ts";
import { ExpiredArtifactError, MissingArtifactError } from "./faults.ts";
import { findArtifactOfRun } from "./find-artifact.ts";
import type { ArtifactLocation } from "./location.ts";
import { dateOf, newestFirst } from "./newest-first.ts";
import { noSuch } from "./no-such.ts";
import { forkRefused, isOwnRun, type WorkflowRun, workflowRun } from "./workflow-run.ts";

export interface CommitQuery {
  /** `owner/name`. */
  readonly repository: string;
  /** File name of the workflow, or its id. */
  readonly workflow: string;
  /** A commit id, or a branch or tag. */
  readonly commit: string;
  readonly name: string;
  /** Whether runs of forks may provide the artifact. */
  readonly allowForks: boolean;
}

/**
 * The artifact of the newest run of a workflow at a commit that has the artifact, even if other jobs of the run failed
 * or are still running.
 *
 * @throws MissingArtifactError and ExpiredArtifactError with what was looked at; another Fault when only forks' runs
 * remain
 */
export async function findByCommit(
  rest: Rest,
  query: CommitQuery,
  reporter: Reporter,
  signal?: AbortSignal,
): Promise<ArtifactLocation> {
  const { commit, runs } = await runsAt(rest, query, reporter, signal);
  const where = `${query.workflow} in ${query.repository} at ${commit.slice(0, 12)}`;
  if (runs.length === 0) {
    throw new MissingArtifactError(`there is no run of ${where}`, {
      advice: "Check that the workflow runs for this commit, or set `wait-timeout` if it has not started yet.",
    });
  }
  const own = runs.filter((run) => query.allowForks || isOwnRun(run, query.repository));
  if (own.length === 0) throw forkRefused(runs, `the runs of ${where} are`);
  let expiry: ExpiredArtifactError | undefined;
  let miss: MissingArtifactError | undefined;
  for (const run of own) {
    try {
      const found = await findArtifactOfRun(rest, { ...query, runId: run.id }, signal);
      reporter.info(`${query.name} is in run ${run.id} of ${where}: ${run.html_url}`);
      return found;
    } catch (error) {
      if (!(error instanceof MissingArtifactError)) throw error;
      if (error instanceof ExpiredArtifactError) expiry ??= error;
      else {
        const { message, advice } = error;
        miss ??= new MissingArtifactError(`${message} (${state(run)}: ${run.html_url})`, { advice });
      }
    }
  }
  throw expiry ?? miss;
}

/** The runs, newest first. Runs of pull requests are listed under the head, which is a merge commit's second parent. */
async function runsAt(
  rest: Rest,
  query: CommitQuery,
  reporter: Reporter,
  signal: AbortSignal | undefined,
): Promise<{ readonly commit: string; readonly runs: readonly WorkflowRun[] }> {
  const commit = await readCommit(rest, query.repository, query.commit, signal);
  const runs = await listRuns(rest, query, commit.sha, signal);
  const head = commit.parents[1];
  if (runs.length > 0 || head === undefined) return { commit: commit.sha, runs };
  reporter.info(
    `${commit.sha.slice(0, 12)} is a merge commit without a run: looking at its second parent, ${head.sha}`,
  );
  return { commit: head.sha, runs: await listRuns(rest, query, head.sha, signal) };
}

async function listRuns(
  rest: Rest,
  { repository, workflow }: CommitQuery,
  sha: string,
  signal: AbortSignal | undefined,
): Promise<WorkflowRun[]> {
  const path = `/repos/${repository}/actions/workflows/${encodeURIComponent(workflow)}/runs?head_sha=${sha}`;
  const advice = "Give the workflow's file name, such as ci.yml, and a token that can read the repository.";
  const runs = await rest
    .getCounted(path, "workflow_runs", workflowRun, signal)
    .catch(noSuch(`workflow "${workflow}"`, repository, advice));
  return newestFirst(runs, (run) => dateOf(run.created_at));
}

function state(run: WorkflowRun): string {
  return run.status === "completed" ? `it ended with ${run.conclusion ?? "no verdict"}` : `it is ${run.status}`;
}
