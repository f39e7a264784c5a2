import type { Rest } from "@release-actions/github-rest";
import { RefusedError } from "@release-actions/http";
import { boolean, type Decoder, integer, object, optional, string } from "@release-actions/json";
import { ExpiredArtifactError, MissingArtifactError } from "./faults.ts";
import type { ArtifactLocation } from "./location.ts";
import { nearestName } from "./nearest-name.ts";
import { newestFirst } from "./newest-first.ts";
import type { ResultsService } from "./results-service.ts";
import { forkRefused, isOwnRun, type WorkflowRun, workflowRun } from "./workflow-run.ts";

/** The most names that a message lists. */
const SHOWN_NAMES = 20;

interface RestArtifact {
  readonly id: number;
  readonly name: string;
  readonly size_in_bytes: number;
  readonly digest: string | undefined;
  readonly expired: boolean;
  readonly created_at: string | undefined;
  readonly expires_at: string | undefined;
}

const restArtifact: Decoder<RestArtifact> = object<RestArtifact>({
  id: integer,
  name: string,
  size_in_bytes: integer,
  digest: optional(string),
  expired: boolean,
  created_at: optional(string),
  expires_at: optional(string),
});

/**
 * The newest artifact of that name in the current run, whichever attempt made it.
 *
 * @throws MissingArtifactError naming those that the run has
 */
export async function findInCurrentRun(
  results: ResultsService,
  name: string,
  signal?: AbortSignal,
): Promise<ArtifactLocation> {
  const [found] = await results.list({ name }, signal);
  if (found !== undefined) return found;
  const names = (await results.list({}, signal)).map((artifact) => artifact.name);
  throw missing(name, "this run", names);
}

/** An artifact's name, and the run to search. */
export interface RunQuery {
  /** `owner/name`. */
  readonly repository: string;
  readonly runId: number;
  readonly name: string;
}

/**
 * The newest artifact of that name in any run that the token reaches.
 *
 * @throws ExpiredArtifactError with its dates, MissingArtifactError naming those that the run has, ForkRefusedError
 */
export async function findInRun(
  rest: Rest,
  query: RunQuery & { readonly allowForks?: boolean },
  signal?: AbortSignal,
): Promise<ArtifactLocation> {
  const { repository, runId, allowForks = false } = query;
  if (!allowForks) {
    const run = await readRun(rest, repository, runId, signal);
    if (!isOwnRun(run, repository)) throw forkRefused([run], `run ${runId} of ${repository} is`);
  }
  return await findArtifactOfRun(rest, query, signal);
}

/** Like `findInRun`, for a run that is known not to be a fork's. */
export async function findArtifactOfRun(
  rest: Rest,
  { repository, runId, name }: RunQuery,
  signal?: AbortSignal,
): Promise<ArtifactLocation> {
  const path = `/repos/${repository}/actions/runs/${runId}/artifacts`;
  const named = await listOfRun(rest, repository, runId, `${path}?name=${encodeURIComponent(name)}`, signal);
  const live = named
    .filter((artifact) => !artifact.expired)
    .map((found) => restLocation(rest, repository, runId, found));
  const newest = live.toSorted(newestFirst)[0];
  if (newest !== undefined) return newest;
  if (named[0] !== undefined) throw expired(repository, runId, named[0]);
  const all = await listOfRun(rest, repository, runId, path, signal);
  const names = all.filter((artifact) => !artifact.expired).map((artifact) => artifact.name);
  throw missing(name, `run ${runId} of ${repository}`, names);
}

function restLocation(rest: Rest, repository: string, runId: number, found: RestArtifact): ArtifactLocation {
  const expiresAt = found.expires_at === undefined ? undefined : new Date(found.expires_at);
  return {
    id: found.id,
    name: found.name,
    size: found.size_in_bytes,
    digest: found.digest,
    expiresAt,
    runId,
    createdAt: found.created_at === undefined ? undefined : new Date(found.created_at),
    mintUrl: async (signal) => {
      try {
        return await rest.redirect(`/repos/${repository}/actions/artifacts/${found.id}/zip`, signal);
      } catch (error) {
        // 410 during a read: the artifact has just expired, or somebody deleted it.
        if (error instanceof RefusedError && error.status === 410) throw expired(repository, runId, found);
        throw error;
      }
    },
  };
}

function expired(repository: string, runId: number, artifact: RestArtifact): ExpiredArtifactError {
  const made = artifact.created_at === undefined ? "" : `, made ${artifact.created_at},`;
  const until = artifact.expires_at === undefined ? "has expired" : `expired ${artifact.expires_at}`;
  return new ExpiredArtifactError(`the artifact "${artifact.name}" of run ${runId} of ${repository}${made} ${until}`, {
    advice: `Run the workflow again for a new one: https://github.com/${repository}/actions/runs/${runId}`,
  });
}

function missing(name: string, where: string, names: readonly string[]): MissingArtifactError {
  const known = [...new Set(names)].sort();
  if (known.length === 0) return new MissingArtifactError(`${where} has no artifact "${name}", and no other either`);
  const shown = known.slice(0, SHOWN_NAMES).map((other) => `"${other}"`);
  const more = known.length > SHOWN_NAMES ? ` and ${known.length - SHOWN_NAMES} more` : "";
  const nearest = nearestName(name, known);
  const advice = nearest === undefined ? {} : { advice: `Did you mean \`artifact-name: ${nearest}\`?` };
  return new MissingArtifactError(`${where} has no artifact "${name}"; it has ${shown.join(", ")}${more}`, advice);
}

async function readRun(
  rest: Rest,
  repository: string,
  runId: number,
  signal: AbortSignal | undefined,
): Promise<WorkflowRun> {
  try {
    return await rest.get(`/repos/${repository}/actions/runs/${runId}`, workflowRun, signal);
  } catch (cause) {
    throw noSuchRun(repository, runId, cause);
  }
}

async function listOfRun(
  rest: Rest,
  repository: string,
  runId: number,
  path: string,
  signal: AbortSignal | undefined,
): Promise<readonly RestArtifact[]> {
  try {
    return await rest.getCounted(path, "artifacts", restArtifact, signal);
  } catch (cause) {
    throw noSuchRun(repository, runId, cause);
  }
}

/** Explains a 404 for a run; returns any other error unchanged. */
function noSuchRun(repository: string, runId: number, cause: unknown): unknown {
  if (!(cause instanceof RefusedError) || cause.status !== 404) return cause;
  return new RefusedError(`${repository} has no run ${runId}, or the token cannot see that repository`, {
    cause,
    status: 404,
    advice:
      "Runs are deleted some time after their artifacts; check `run-id`, `repository` and what the token may read.",
  });
}
