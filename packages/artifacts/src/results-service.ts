import {
  AccessError,
  DEFAULT_PATIENCE,
  excerpt,
  type HttpResponse,
  type Patience,
  RefusedError,
  readText,
  retryAfter,
  retrying,
  TransientError,
  type Transport,
} from "@release-actions/http";
import { type Decoder, decodeJson, listOf, object, optional, parseJson, string } from "@release-actions/json";
import type { ArtifactLocation } from "./location.ts";
import { newestFirst } from "./newest-first.ts";

const SERVICE = "/twirp/github.actions.results.api.v1.ArtifactService";
const MAX_ANSWER_BYTES = 16_000_000;
const NO_SERVICE_ADVICE =
  "GitHub Enterprise Server has no artifacts of version 4; GitHub, Gitea and Forgejo have. Pass the image through a registry, or with the `file` input.";
/** Twirp errors that may heal: https://twitchtv.github.io/twirp/docs/errors.html. */
const TRANSIENT = new Set([408, 429, 500, 502, 503, 504]);

export interface ResultsOptions {
  /** The runner's ACTIONS_RESULTS_URL. */
  readonly url: string;
  /** The runner's ACTIONS_RUNTIME_TOKEN, which names the run and the job. */
  readonly token: string;
  readonly transport: Transport;
  readonly patience?: Patience;
}

/** The artifacts of the current run, as the job itself sees them: no other token is needed. */
export interface ResultsService {
  /** All attempts of the run, newest artifact first; those of one name only, where it is given. */
  list(filter?: { readonly name?: string }, signal?: AbortSignal): Promise<readonly OwnArtifact[]>;
  /** Takes the artifact of that name away from this attempt. False when there is none. */
  remove(name: string, signal?: AbortSignal): Promise<boolean>;
}

export interface OwnArtifact extends ArtifactLocation {
  /** Whether this attempt of the run made it; another attempt's does not stand in the way of its name. */
  readonly ofThisAttempt: boolean;
}

interface ListedArtifact {
  readonly workflow_run_backend_id: string;
  readonly workflow_job_run_backend_id: string;
  readonly database_id: string;
  readonly name: string;
  readonly size: string;
  readonly created_at: string | undefined;
  readonly digest: string | undefined;
}

const listing: Decoder<{ artifacts: readonly ListedArtifact[] }> = object({
  artifacts: optional(
    listOf(
      object<ListedArtifact>({
        workflow_run_backend_id: string,
        workflow_job_run_backend_id: string,
        database_id: string,
        name: string,
        size: optional(string, "0"),
        created_at: optional(string),
        digest: optional(string),
      }),
    ),
    [],
  ),
});
const signedUrl = object({ signed_url: string });

export function createResultsService(options: ResultsOptions): ResultsService {
  const ids = backendIds(options.token);
  const own = { workflow_run_backend_id: ids.run, workflow_job_run_backend_id: ids.job };
  const call = <T>(method: string, message: object, decoder: Decoder<T>, signal?: AbortSignal): Promise<T> =>
    retrying(`${method} at the artifact service`, options.patience ?? DEFAULT_PATIENCE, signal, () =>
      post(options, method, message, decoder, signal),
    );

  return {
    list: async ({ name } = {}, signal) => {
      const filter = name === undefined ? {} : { name_filter: name };
      const { artifacts } = await call("ListArtifacts", { ...own, ...filter }, listing, signal);
      const located = artifacts.map((artifact): OwnArtifact => {
        const message = {
          workflow_run_backend_id: artifact.workflow_run_backend_id,
          workflow_job_run_backend_id: artifact.workflow_job_run_backend_id,
          name: artifact.name,
        };
        return {
          id: Number(artifact.database_id),
          name: artifact.name,
          size: Number(artifact.size),
          digest: artifact.digest === "" ? undefined : artifact.digest,
          createdAt: artifact.created_at === undefined ? undefined : new Date(artifact.created_at),
          expiresAt: undefined,
          runId: undefined,
          ofThisAttempt: artifact.workflow_run_backend_id === ids.run,
          mintUrl: async (abort) => new URL((await call("GetSignedArtifactURL", message, signedUrl, abort)).signed_url),
        };
      });
      return located.sort(newestFirst);
    },
    remove: async (name, signal) => {
      try {
        await call("DeleteArtifact", { ...own, name }, object({}), signal);
        return true;
      } catch (error) {
        if (error instanceof RefusedError && error.status === 404) return false;
        throw error;
      }
    },
  };
}

async function post<T>(
  { url, token, transport }: ResultsOptions,
  method: string,
  message: object,
  decoder: Decoder<T>,
  signal?: AbortSignal,
): Promise<T> {
  const target = new URL(`${SERVICE}/${method}`, url);
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  const response = await transport({ url: target, method: "POST", headers, body: JSON.stringify(message), signal });
  const text = await readText(target, response, { limit: MAX_ANSWER_BYTES });
  if (response.status !== 200) throw refusal(method, response, text);
  try {
    const options = { source: `the answer to ${method}`, maxBytes: MAX_ANSWER_BYTES };
    return decoder(protoNames(parseJson(text, options)), "");
  } catch (cause) {
    // A page of some middleman, most likely (F34): the service itself always answers in JSON.
    throw new TransientError(`${target.host} answered ${method} with "${excerpt(text)}"`, { cause });
  }
}

/** Protobuf's JSON names fields in either case: GitHub writes `signed_url`, the server of act `signedUrl`. */
function protoNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(protoNames);
  if (typeof value !== "object" || value === null) return value;
  const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [snake(name), protoNames(field)]));
}

function refusal(method: string, response: HttpResponse, text: string): Error {
  const { status, headers, url } = response;
  const answer = twirpError(text);
  const said = `${status}${answer === undefined ? excerptOf(text) : ` ${answer.code}: ${answer.msg}`}`;
  // Whoever has the service answers in its own terms, also that something is not found.
  if (status === 405 || (status === 404 && (answer === undefined || answer.code === "bad_route"))) {
    return new RefusedError(`${url.host} has no artifact service of version 4 (it answered ${status} to ${method})`, {
      status: 405,
      advice: NO_SERVICE_ADVICE,
    });
  }
  if (TRANSIENT.has(status)) return new TransientError(said, { retryAfterMs: retryAfter(headers) });
  if (status === 401) {
    const message = `the artifact service refused the job's own token (${said})`;
    return new AccessError(message, {
      status,
      advice: "The token of a job is valid for about six hours: transfer artifacts earlier, or split the job.",
    });
  }
  return new RefusedError(`the artifact service refused ${method} (${said})`, { status });
}

/** What an error of Twirp says; undefined where the answer is somebody else's. */
function twirpError(text: string): { readonly code: string; readonly msg: string } | undefined {
  try {
    return decodeJson(text, object({ code: string, msg: optional(string, "") }), {
      source: "the error",
      maxBytes: MAX_ANSWER_BYTES,
    });
  } catch {
    return undefined;
  }
}

/** Shown as it came. */
function excerptOf(text: string): string {
  return text.trim() === "" ? "" : `, "${excerpt(text)}"`;
}

/** The run and the job that the token was made for, from its `scp` claim. It is not verified: that is the service's part. */
function backendIds(token: string): { run: string; job: string } {
  const options = { source: "ACTIONS_RUNTIME_TOKEN", maxBytes: 100_000 };
  const payload = Buffer.from(token.split(".")[1] ?? "", "base64url");
  const { scp } = decodeJson(payload, object({ scp: string }), options);
  const [, run, job] = /(?:^| )Actions\.Results:([^: ]+):([^: ]+)/.exec(scp) ?? [];
  if (run === undefined || job === undefined) {
    const message = "ACTIONS_RUNTIME_TOKEN does not name a run: its scope has no Actions.Results";
    throw new AccessError(message, { advice: NO_SERVICE_ADVICE });
  }
  return { run, job };
}
