import { type Answer, Refusal, type Request, type Routes } from "../http.ts";
import type { Artifact, Job, Repository, Run } from "../model.ts";
import { timestamp } from "../time.ts";
import type { World } from "../world.ts";
import { authorize, grantOf, notFound } from "./authorize.ts";
import { counted } from "./paginate.ts";

const BASE = "/repos/:owner/:repo/actions";

/** Workflow runs, jobs and artifacts: docs.github.com/rest/actions. */
export function actionsRoutes(world: World): Routes {
  const repositoryOf = (request: Request): Repository => authorize(world, request, "actions", "read");
  return {
    [`GET ${BASE}/runs`]: (request) => {
      const repository = repositoryOf(request);
      return listRuns(world, request, runsOf(world, repository));
    },
    [`GET ${BASE}/workflows/:workflow/runs`]: (request) => {
      const repository = repositoryOf(request);
      const wanted = request.params["workflow"] ?? "";
      const workflow = world.workflows.find(
        (candidate) =>
          candidate.repository === repository &&
          (String(candidate.id) === wanted || candidate.path.split("/").at(-1) === wanted),
      );
      if (workflow === undefined) throw notFound();
      return listRuns(
        world,
        request,
        runsOf(world, repository).filter((run) => run.workflow.id === workflow.id),
      );
    },
    [`GET ${BASE}/runs/:run`]: (request) => ({ status: 200, body: runJson(world, findRun(world, request)) }),
    [`GET ${BASE}/runs/:run/jobs`]: (request) => {
      const run = findRun(world, request);
      const everyAttempt = request.query.get("filter") === "all";
      const jobs = run.jobs.filter((job) => everyAttempt || job.attempt === run.attempt);
      return counted(
        request,
        world.publicOrigin,
        "jobs",
        jobs.map((job) => jobJson(run, job)),
      );
    },
    [`GET ${BASE}/runs/:run/artifacts`]: (request) => {
      const run = findRun(world, request);
      return listArtifacts(world, request, world.artifactsOf(run));
    },
    [`GET ${BASE}/artifacts`]: (request) => {
      const repository = repositoryOf(request);
      const finished = world.artifacts.filter(({ run, finalized }) => finalized && run.repository === repository);
      return listArtifacts(world, request, finished.reverse());
    },
    [`GET ${BASE}/artifacts/:artifact`]: (request) => {
      repositoryOf(request);
      return { status: 200, body: artifactJson(world, findArtifact(world, request)) };
    },
    [`GET ${BASE}/artifacts/:artifact/zip`]: (request) => {
      repositoryOf(request);
      if (grantOf(world, request) === undefined) throw new Refusal(401, { message: "Requires authentication" });
      const artifact = findArtifact(world, request);
      if (isExpired(artifact)) throw new Refusal(410, { message: "Artifact has expired", status: "410" });
      return { status: 302, headers: { Location: world.signedDownload(artifact) } };
    },
    [`DELETE ${BASE}/artifacts/:artifact`]: async (request) => {
      authorize(world, request, "actions", "write");
      await world.deleteArtifact(findArtifact(world, request));
      return { status: 204 };
    },
  };
}

function runsOf(world: World, repository: Repository): Run[] {
  return world.runs.filter((run) => run.repository === repository).reverse();
}

function listRuns(world: World, request: Request, runs: readonly Run[]): Answer {
  const filters = { head_sha: "headSha", branch: "headBranch", event: "event" } as const;
  const chosen = runs.filter((run) =>
    Object.entries(filters).every(([name, field]) => {
      const wanted = request.query.get(name);
      return wanted === null || run[field] === wanted;
    }),
  );
  const status = request.query.get("status");
  const listed = chosen.filter((run) => status === null || run.status === status || run.conclusion === status);
  return counted(
    request,
    world.publicOrigin,
    "workflow_runs",
    listed.map((run) => runJson(world, run)),
  );
}

function listArtifacts(world: World, request: Request, artifacts: readonly Artifact[]): Answer {
  const name = request.query.get("name");
  const listed = artifacts.filter((artifact) => name === null || artifact.name === name);
  return counted(
    request,
    world.publicOrigin,
    "artifacts",
    listed.map((artifact) => artifactJson(world, artifact)),
  );
}

function findRun(world: World, request: Request): Run {
  const repository = authorize(world, request, "actions", "read");
  const run = runsOf(world, repository).find((candidate) => String(candidate.id) === request.params["run"]);
  if (run === undefined) throw notFound();
  return run;
}

function findArtifact(world: World, request: Request): Artifact {
  const wanted = request.params["artifact"];
  const repository = world.repository(`${request.params["owner"]}/${request.params["repo"]}`);
  const artifact = world.artifacts.find((candidate) => String(candidate.id) === wanted && candidate.finalized);
  if (artifact === undefined || artifact.run.repository !== repository) throw notFound();
  return artifact;
}

function isExpired(artifact: Artifact): boolean {
  return artifact.expiresAt.getTime() <= Date.now();
}

function runJson(world: World, run: Run): Record<string, unknown> {
  const page = `https://github.com/${run.repository.fullName}/actions/runs/${run.id}`;
  return {
    ...{ id: run.id, name: run.workflow.name, path: run.workflow.path, workflow_id: run.workflow.id },
    ...{ run_number: run.number, run_attempt: run.attempt, event: run.event },
    ...{ head_sha: run.headSha, head_branch: run.headBranch },
    ...{ status: run.status, conclusion: run.conclusion ?? null },
    ...{ url: `${world.publicOrigin}/repos/${run.repository.fullName}/actions/runs/${run.id}`, html_url: page },
    ...{ created_at: timestamp(run.createdAt), updated_at: timestamp(run.createdAt) },
    ...{ repository: repositoryJson(run.repository), head_repository: repositoryJson(run.headRepository) },
  };
}

function jobJson(run: Run, job: Job): Record<string, unknown> {
  return {
    ...{ id: job.id, run_id: run.id, run_attempt: job.attempt, name: job.name, head_sha: run.headSha },
    ...{ status: job.status, conclusion: job.conclusion ?? null },
    html_url: `https://github.com/${run.repository.fullName}/actions/runs/${run.id}/job/${job.id}`,
  };
}

function artifactJson(world: World, artifact: Artifact): Record<string, unknown> {
  const { run } = artifact;
  const url = `${world.publicOrigin}/repos/${run.repository.fullName}/actions/artifacts/${artifact.id}`;
  return {
    ...{ id: artifact.id, name: artifact.name, size_in_bytes: artifact.size, digest: artifact.digest ?? null },
    ...{ url, archive_download_url: `${url}/zip`, expired: isExpired(artifact) },
    ...{ created_at: timestamp(artifact.createdAt), updated_at: timestamp(artifact.createdAt) },
    expires_at: timestamp(artifact.expiresAt),
    workflow_run: {
      ...{ id: run.id, repository_id: run.repository.id, head_repository_id: run.headRepository.id },
      ...{ head_branch: run.headBranch, head_sha: run.headSha },
    },
  };
}

export function repositoryJson(repository: Repository): Record<string, unknown> {
  return {
    ...{ id: repository.id, name: repository.name, full_name: repository.fullName, private: repository.private },
    ...{ owner: { login: repository.owner }, fork: repository.forkOf !== undefined },
    ...{ default_branch: repository.defaultBranch, html_url: `https://github.com/${repository.fullName}` },
  };
}
