import {
  type ArtifactLocation,
  type CheckSource,
  checksOfCommit,
  checksOfRun,
  findByCommit,
  findInCurrentRun,
  findInRun,
  openArtifactRest,
  resultsOfJob,
  waitForArtifact,
} from "@release-actions/artifacts";
import type { Rest } from "@release-actions/github-rest";
import type { Transport } from "@release-actions/http";
import type { Reporter } from "@release-actions/report";
import type { Inputs, Place } from "./inputs.ts";

export type ArtifactPlace = Extract<Place, { kind: "run" | "commit" }>;

export interface FoundArtifact {
  readonly location: ArtifactLocation;
  readonly runId: number | undefined;
}

/** The parts of the job that finding an artifact uses. */
export interface Job {
  /** The runner's variables. */
  readonly env: Readonly<NodeJS.ProcessEnv>;
  readonly transport: Transport;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
}

interface Lookup {
  readonly look: (signal?: AbortSignal) => Promise<ArtifactLocation>;
  /** Where to ask about the job that produces the artifact. */
  readonly checks: CheckSource;
}

/**
 * Finds the artifact at a place. With `wait`, waits for it to appear, as long as the inputs allow.
 *
 * @throws MissingArtifactError when it does not exist, or has expired
 */
export async function findArtifact(
  place: ArtifactPlace,
  inputs: Inputs,
  { wait, ...job }: Job & { readonly wait: boolean },
): Promise<FoundArtifact> {
  const { reporter, signal } = job;
  const { look, checks } = lookupAt(place, inputs, job);
  const { waitForCheck, waitTimeoutMs } = inputs;
  const location = await waitForArtifact(look, {
    timeoutMs: wait ? waitTimeoutMs : 0,
    check: wait && waitForCheck !== undefined ? { name: waitForCheck, source: checks } : undefined,
    reporter,
    signal,
  });
  return { location, runId: location.runId ?? runOf(place, job) };
}

/** The REST API at the address that the job knows; the token is sent to no other server. */
export function restClient({ token }: Inputs, { env, transport, reporter }: Job): Rest {
  return openArtifactRest({ apiUrl: env["GITHUB_API_URL"] || "https://api.github.com", token, transport, reporter });
}

function lookupAt(place: ArtifactPlace, inputs: Inputs, job: Job): Lookup {
  const { artifactName: name, repository, allowForks } = inputs;
  const rest = restClient(inputs, job);
  if (place.kind === "commit") {
    const { commit, workflow } = place;
    return {
      look: (signal) => findByCommit(rest, { repository, workflow, commit, name, allowForks }, job.reporter, signal),
      checks: checksOfCommit(rest, repository, commit),
    };
  }
  const { runId } = place;
  if (runId !== undefined) {
    return {
      look: (signal) => findInRun(rest, { repository, runId, name, allowForks }, signal),
      checks: checksOfRun(rest, repository, runId),
    };
  }
  const results = resultsOfJob(job.env, { transport: job.transport });
  return {
    look: (signal) => findInCurrentRun(results, name, signal),
    checks: checksOfRun(rest, job.env["GITHUB_REPOSITORY"] ?? repository, runOf(place, job) ?? 0),
  };
}

function runOf(place: ArtifactPlace, { env }: Job): number | undefined {
  if (place.kind === "run" && place.runId !== undefined) return place.runId;
  return place.kind === "run" && env["GITHUB_RUN_ID"] ? Number(env["GITHUB_RUN_ID"]) : undefined;
}
