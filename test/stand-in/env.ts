import { signHs256 } from "./jwt.ts";
import type { Job, Permissions, Run } from "./model.ts";
import { runtimeToken } from "./results/runtime-token.ts";
import type { World } from "./world.ts";

export interface EnvOptions {
  /** The job's `permissions`, which its token gets. Default: read access to everything, as in a permissive repository. */
  readonly permissions?: Permissions;
  /** Seconds until ACTIONS_RUNTIME_TOKEN expires. Default six hours. */
  readonly runtimeTokenLifetime?: number;
}

const READ_ALL: Permissions = { actions: "read", checks: "read", contents: "read", "pull-requests": "read" };
const SIX_HOURS = 21_600;

/**
 * The variables with which a runner starts the steps of a job, except those that name files of the
 * runner: docs.github.com, "Default environment variables". Node actions also get the ACTIONS_* variables.
 * `GITHUB_TOKEN` is the job's own token, which the harness passes to inputs that have it as their default.
 */
export function jobEnv(world: World, run: Run, job: Job, options: EnvOptions): Record<string, string> {
  const permissions = options.permissions ?? READ_ALL;
  const token = world.addToken({ repository: run.repository, permissions });
  const origin = world.publicOrigin;
  const ref = run.headBranch.startsWith("refs/") ? run.headBranch : `refs/heads/${run.headBranch}`;
  const results = runtimeToken(world, run, job, options.runtimeTokenLifetime ?? SIX_HOURS);
  return {
    ...{ CI: "true", GITHUB_ACTIONS: "true", RUNNER_OS: "Linux", RUNNER_ARCH: "X64", RUNNER_NAME: "stand-in" },
    RUNNER_ENVIRONMENT: "github-hosted",
    ...{ GITHUB_SERVER_URL: "https://github.com", GITHUB_API_URL: origin, GITHUB_GRAPHQL_URL: `${origin}/graphql` },
    ...{ GITHUB_REPOSITORY: run.repository.fullName, GITHUB_REPOSITORY_OWNER: run.repository.owner },
    ...{ GITHUB_REPOSITORY_ID: String(run.repository.id), GITHUB_RETENTION_DAYS: String(world.retentionDays) },
    ...{ GITHUB_SHA: run.headSha, GITHUB_REF: ref, GITHUB_REF_NAME: ref.replace(/^refs\/(heads|tags|pull)\//, "") },
    ...{ GITHUB_REF_TYPE: ref.startsWith("refs/tags/") ? "tag" : "branch", GITHUB_EVENT_NAME: run.event },
    ...{ GITHUB_RUN_ID: String(run.id), GITHUB_RUN_NUMBER: String(run.number), GITHUB_ACTOR: "octocat" },
    ...{ GITHUB_RUN_ATTEMPT: String(job.attempt), GITHUB_JOB: job.name.split(" / ").at(-1) ?? job.name },
    ...{ GITHUB_WORKFLOW: run.workflow.name, GITHUB_TOKEN: token },
    GITHUB_WORKFLOW_REF: `${run.repository.fullName}/${run.workflow.path}@${ref}`,
    ...{ ACTIONS_RESULTS_URL: `${origin}/`, ACTIONS_RUNTIME_TOKEN: results, ACTIONS_RUNTIME_URL: `${origin}/` },
    ...{ ACTIONS_CACHE_URL: `${origin}/`, ACTIONS_CACHE_SERVICE_V2: "True" },
    ...(permissions["id-token"] === "write" ? oidcEnv(world, job) : {}),
  };
}

function oidcEnv(world: World, job: Job): Record<string, string> {
  const exp = Math.floor(Date.now() / 1000) + SIX_HOURS;
  return {
    ACTIONS_ID_TOKEN_REQUEST_URL: `${world.publicOrigin}/oidc/token/${job.backendId}?api-version=2.0`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: signHs256({ oidc: job.backendId, exp }, world.secret),
  };
}
