import { Refusal, type Request, type Routes } from "../http.ts";
import { signRs256, verifyHs256 } from "../jwt.ts";
import type { Job, Run } from "../model.ts";
import type { World } from "../world.ts";

const KEY_ID = "stand-in-1";
const LIFETIME_SECONDS = 300;

/** The token endpoint of a job with `id-token: write`, and the issuer's public documents. */
export function oidcRoutes(world: World): Routes {
  return {
    "GET /oidc/token/:job": (request) => {
      const { run, job } = caller(world, request);
      const audience = request.query.get("audience") ?? `https://github.com/${run.repository.owner}`;
      return { status: 200, body: { count: 1, value: idToken(world, run, job, audience) } };
    },
    "GET /oidc/.well-known/openid-configuration": () => ({
      status: 200,
      body: { issuer: issuer(world), jwks_uri: `${issuer(world)}/.well-known/jwks` },
    }),
    "GET /oidc/.well-known/jwks": () => ({
      status: 200,
      body: { keys: [{ ...world.oidcKey.publicKey.export({ format: "jwk" }), kid: KEY_ID, alg: "RS256", use: "sig" }] },
    }),
  };
}

function caller(world: World, request: Request): { run: Run; job: Job } {
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "";
  const claims = verifyHs256(token, world.secret);
  for (const run of world.runs) {
    const job = run.jobs.find((candidate) => candidate.backendId === request.params["job"]);
    if (job !== undefined && claims?.["oidc"] === job.backendId) return { run, job };
  }
  throw new Refusal(401, { message: "the request token is not valid for this job" });
}

/** Claims: docs.github.com, "Understanding the OIDC token". */
function idToken(world: World, run: Run, job: Job, audience: string): string {
  const now = Math.floor(Date.now() / 1000);
  const ref = run.headBranch.startsWith("refs/") ? run.headBranch : `refs/heads/${run.headBranch}`;
  const { repository } = run;
  const workflowRef = `${repository.fullName}/${run.workflow.path}@${ref}`;
  const claims = {
    ...{ iss: issuer(world), aud: audience, sub: `repo:${subjectName(repository)}:ref:${ref}` },
    ...{ iat: now, nbf: now, exp: now + LIFETIME_SECONDS, jti: `${job.backendId}-${now}` },
    ...{ repository: repository.fullName, repository_id: String(repository.id), repository_owner: repository.owner },
    repository_owner_id: String(repository.ownerId),
    ...{ repository_visibility: repository.private ? "private" : "public", ref, sha: run.headSha },
    ...{ run_id: String(run.id), run_attempt: String(job.attempt), run_number: String(run.number) },
    ...{ workflow: run.workflow.name, workflow_ref: workflowRef, job_workflow_ref: workflowRef },
    ...{ event_name: run.event, runner_environment: "github-hosted" },
  };
  return signRs256(claims, world.oidcKey.privateKey, KEY_ID);
}

/**
 * The repository in the token's subject. Repositories that were created, renamed or moved since 2026-07-15 are named
 * with their ids and their owners' ids, so that nobody can take over an identity with a name that became free (GitHub
 * changelog 2026-04-23; github/docs#45221).
 */
function subjectName({ owner, ownerId, name, id, hasNumericSubject }: Run["repository"]): string {
  return hasNumericSubject ? `${owner}@${ownerId}/${name}@${id}` : `${owner}/${name}`;
}

function issuer(world: World): string {
  return `${world.publicOrigin}/oidc`;
}
