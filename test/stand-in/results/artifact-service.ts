import type { Artifact } from "../model.ts";
import { timestamp } from "../time.ts";
import type { World } from "../world.ts";
import { jobOfToken } from "./runtime-token.ts";
import { type Message, type Method, twirpError } from "./twirp.ts";

const SERVICE = "/twirp/github.actions.results.api.v1.ArtifactService";
/** The oldest and newest `version` of an artifact that a client may create: 4 is the service's first, 7 added raw files. */
const VERSIONS = [4, 7] as const;
const CONFLICT = "an artifact with this name already exists on the workflow run";
const INVALID_NAME = /["*/:<>?\\|\r\n]/;
const DAY_MS = 86_400_000;
const MAX_ARTIFACTS_A_JOB = 500;

/** The artifact half of the results service, as `@actions/artifact` speaks to it. */
export function artifactService(world: World): Readonly<Record<string, Method>> {
  return {
    [`${SERVICE}/CreateArtifact`]: async (message, token) => {
      const job = jobOfToken(world, token, message);
      const name = readName(message);
      const version = message.integer("version") ?? 0;
      if (version < VERSIONS[0] || version > VERSIONS[1]) {
        throw twirpError("invalid_argument", `version must be between ${VERSIONS[0]} and ${VERSIONS[1]}`);
      }
      if (world.quotaReached) {
        throw twirpError("resource_exhausted", "insufficient usage to create artifact");
      }
      const ofRun = world.artifacts.filter((artifact) => artifact.backendId === job.runBackendId);
      if (ofRun.some((artifact) => artifact.name === name)) throw twirpError("already_exists", CONFLICT);
      if (ofRun.filter((artifact) => artifact.job === job.job).length >= MAX_ARTIFACTS_A_JOB) {
        throw twirpError("failed_precondition", `Failed to CreateArtifact: a job may create ${MAX_ARTIFACTS_A_JOB}`);
      }
      const mimeType = message.string("mime_type") ?? "application/zip";
      const artifact = world.createArtifact({
        ...{ run: job.run, job: job.job, backendId: job.runBackendId, name, mimeType },
        expiresAt: message.timestamp("expires_at") ?? new Date(Date.now() + world.retentionDays * DAY_MS),
      });
      return { ok: true, signed_upload_url: world.storage.uploadUrl(artifact.blob) };
    },

    [`${SERVICE}/FinalizeArtifact`]: async (message, token) => {
      const { runBackendId } = jobOfToken(world, token, message);
      const artifact = find(world, runBackendId, readName(message));
      if (artifact.finalized) throw twirpError("already_exists", CONFLICT);
      const size = message.integer("size") ?? 0;
      const stored = await world.storage.size(artifact.blob);
      if (stored === undefined) throw twirpError("failed_precondition", "the artifact's content was not uploaded");
      if (stored !== size) throw twirpError("invalid_argument", `size is ${size}, but ${stored} bytes were uploaded`);
      artifact.digest = message.string("hash");
      artifact.size = size;
      artifact.finalized = true;
      return { ok: true, artifact_id: String(artifact.id) };
    },

    [`${SERVICE}/ListArtifacts`]: async (message, token) => {
      const { run } = jobOfToken(world, token, message);
      const [name, id] = [message.string("name_filter"), message.integer("id_filter")];
      const artifacts = world
        .artifactsOf(run)
        .filter((artifact) => artifact.expiresAt.getTime() > Date.now())
        .filter((artifact) => name === undefined || artifact.name === name)
        .filter((artifact) => id === undefined || artifact.id === id);
      return { artifacts: artifacts.map(monolithArtifact) };
    },

    [`${SERVICE}/GetSignedArtifactURL`]: async (message, token) => {
      const { runBackendId } = jobOfToken(world, token, message);
      const artifact = find(world, runBackendId, readName(message));
      if (!artifact.finalized) throw twirpError("not_found", "artifact not found");
      return { signed_url: world.signedDownload(artifact) };
    },

    [`${SERVICE}/DeleteArtifact`]: async (message, token) => {
      const { runBackendId } = jobOfToken(world, token, message);
      const artifact = find(world, runBackendId, readName(message));
      await world.deleteArtifact(artifact);
      return { ok: true, artifact_id: String(artifact.id) };
    },
  };
}

/** `ListArtifactsResponse.MonolithArtifact`, with the field names of the protocol. */
function monolithArtifact(artifact: Artifact): Record<string, unknown> {
  return {
    workflow_run_backend_id: artifact.backendId,
    workflow_job_run_backend_id: artifact.job.backendId,
    database_id: String(artifact.id),
    name: artifact.name,
    size: String(artifact.size),
    created_at: timestamp(artifact.createdAt),
    ...(artifact.digest === undefined ? {} : { digest: artifact.digest }),
  };
}

function readName(message: Message): string {
  const name = message.required("name");
  if (INVALID_NAME.test(name)) throw twirpError("invalid_argument", "the artifact name contains an invalid character");
  return name;
}

function find(world: World, runBackendId: string, name: string): Artifact {
  const artifact = world.artifacts.find((candidate) => candidate.backendId === runBackendId && candidate.name === name);
  if (artifact === undefined || artifact.expiresAt.getTime() <= Date.now()) {
    throw twirpError("not_found", "artifact not found");
  }
  return artifact;
}
