import { signHs256, verifyHs256 } from "../jwt.ts";
import type { Job, Run } from "../model.ts";
import type { World } from "../world.ts";
import { type Message, twirpError } from "./twirp.ts";

const SCOPE = /(?:^| )Actions\.Results:([^: ]+):([^: ]+)(?: |$)/;

/** The job that calls the service, and the attempt of the run that its message names. */
export interface Caller {
  readonly run: Run;
  readonly job: Job;
  readonly runBackendId: string;
}

/** The ACTIONS_RUNTIME_TOKEN that a runner gives its job. Real tokens are valid for about six hours. */
export function runtimeToken(world: World, run: Run, job: Job, lifetimeSeconds: number): string {
  const now = Math.floor(Date.now() / 1000);
  const backendId = run.backendIds[job.attempt - 1] ?? "";
  const access = [{ Scope: `refs/heads/${run.headBranch}`, Permission: 3 }];
  return signHs256(
    {
      ...{ iss: "results", aud: "results", nbf: now, iat: now, exp: now + lifetimeSeconds, ac: JSON.stringify(access) },
      scp: `Actions.GenericRead:00000000-0000-0000-0000-000000000000 Actions.Results:${backendId}:${job.backendId}`,
      repository_id: String(run.repository.id),
    },
    world.secret,
  );
}

/** Checks the token, and that the message names the run for which the token was issued. */
export function jobOfToken(world: World, token: string, message: Message): Caller {
  const caller = callerOf(world, token);
  const runBackendId = message.required("workflow_run_backend_id");
  message.required("workflow_job_run_backend_id");
  // To read artifacts of earlier attempts, clients use the ids of those attempts from the listing.
  if (!caller.run.backendIds.includes(runBackendId)) {
    throw twirpError("permission_denied", "token does not grant access to this workflow run");
  }
  return { ...caller, runBackendId };
}

export function callerOf(world: World, token: string): Omit<Caller, "runBackendId"> {
  const claims = verifyHs256(token, world.secret);
  const [, runId, jobId] = SCOPE.exec(String(claims?.["scp"] ?? "")) ?? [];
  const run = world.runs.find((candidate) => candidate.backendIds.includes(runId ?? ""));
  const job = run?.jobs.find((candidate) => candidate.backendId === jobId);
  if (run === undefined || job === undefined) {
    throw twirpError("unauthenticated", "invalid or expired authorization token");
  }
  return { run, job };
}
