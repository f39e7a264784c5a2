import type { Rest } from "@release-actions/github-rest";
import { RefusedError } from "@release-actions/http";
import { boolean, integer, object, optional, string } from "@release-actions/json";
import { ExpiredArtifactError, MissingArtifactError } from "./faults.ts";
import type { ArtifactLocation } from "./location.ts";
import { nearestName } from "./nearest-name.ts";
import { dateOf, newestFirst } from "./newest-first.ts";
import { noSuch } from "./no-such.ts";
import type { ResultsService } from "./results-service.ts";
import { forkRefused, isOwnRun, workflowRun } from "./workflow-run.ts";

/** The most names that a message lists. */
const SHOWN_NAMES = 20;

const restArtifact = object({
  id: integer,
  name: string,
  size_in_bytes: integer,
  digest: optional(string),
  expired: boolean,
  created_at: optional(string),
  expires_at: optional(string),
});
type RestArtifact = ReturnType<typeof restArtifact>;

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
 * @throws ExpiredArtifactError with its dates, MissingArtifactError naming those that the run has; another Fault for a
 * fork's run
 */
export async function findInRun(
  rest: Rest,
  query: RunQuery & { readonly allowForks?: boolean },
  signal?: AbortSignal,
): Promise<ArtifactLocation> {
  const { repository, runId, allowForks = false } = query;
  if (!allowForks) {
    const path = `/repos/${repository}/actions/runs/${runId}`;
    const run = await rest.get(path, workflowRun, signal).catch(noSuchRun(query));
    if (!isOwnRun(run, repository)) throw forkRefused([run], `run ${runId} of ${repository} is`);
  }
  return await findArtifactOfRun(rest, query, signal);
}

/** Like `findInRun`, for a run that is known not to be a fork's. */
export async function findArtifactOfRun(rest: Rest, query: RunQuery, signal?: AbortSignal): Promise<ArtifactLocation> {
  const { repository, runId, name } = query;
  const list = (filter = "") => {
    const path = `/repos/${repository}/actions/runs/${runId}/artifacts${filter}`;
    return rest.getCounted(path, "artifacts", restArtifact, signal).catch(noSuchRun(query));
  };
  const named = await list(`?name=${encodeURIComponent(name)}`);
  const [newest] = newestFirst(named.filter(isLive), (artifact) => dateOf(artifact.created_at));
  if (newest !== undefined) return locate(rest, query, newest);
  if (named[0] !== undefined) throw expired(query, named[0]);
  const names = (await list()).filter(isLive).map((artifact) => artifact.name);
  throw missing(name, `run ${runId} of ${repository}`, names);
}

function isLive(artifact: RestArtifact): boolean {
  return !artifact.expired;
}

function locate(rest: Rest, query: RunQuery, found: RestArtifact): ArtifactLocation {
  const { repository, runId } = query;
  return {
    id: found.id,
    name: found.name,
    size: found.size_in_bytes,
    digest: found.digest,
    expiresAt: dateOf(found.expires_at),
    runId,
    createdAt: dateOf(found.created_at),
    mintUrl: async (signal) => {
      try {
        return await rest.redirect(`/repos/${repository}/actions/artifacts/${found.id}/zip`, signal);
      } catch (error) {
        // 410 during a read: the artifact has just expired, or somebody deleted it.
        if (error instanceof RefusedError && error.status === 410) throw expired(query, found);
        throw error;
      }
    },
  };
}

function expired({ repository, runId }: RunQuery, artifact: RestArtifact): ExpiredArtifactError {
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
  const advice = nearest && `Did you mean \`artifact-name: ${nearest}\`?`;
  return new MissingArtifactError(`${where} has no artifact "${name}"; it has ${shown.join(", ")}${more}`, { advice });
}

function noSuchRun({ repository, runId }: RunQuery) {
  const advice =
    "Runs are deleted some time after their artifacts; check `run-id`, `repository` and what the token may read.";
  return noSuch(`run ${runId}`, repository, advice);
}
