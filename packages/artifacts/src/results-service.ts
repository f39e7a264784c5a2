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
import { dateOf, newestFirst } from "./newest-first.ts";

const SERVICE = "/twirp/github.actions.results.api.v1.ArtifactService";
const MAX_ANSWER_BYTES = 16_000_000;
const NO_SERVICE_ADVICE =
  "GitHub Enterprise Server has no artifacts of version 4; GitHub, Gitea and Forgejo have. Pass the image through a registry, or with the `file` input.";
/** Twirp errors that may be temporary: https://twitchtv.github.io/twirp/docs/errors.html. */
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
  /** The artifacts of all attempts of the run, newest first; if a name is given, only those with that name. */
  list(filter?: { readonly name?: string }, signal?: AbortSignal): Promise<readonly OwnArtifact[]>;
  /** Deletes the artifact with that name from this attempt. Returns false when there is none. */
  remove(name: string, signal?: AbortSignal): Promise<boolean>;
}

/** An artifact of the current run. */
export interface OwnArtifact extends ArtifactLocation {
  /** Whether this attempt of the run created it. The name of another attempt's artifact can be used again. */
  readonly ofThisAttempt: boolean;
}

const listed = object({
  workflow_run_backend_id: string,
  workflow_job_run_backend_id: string,
  database_id: string,
  name: string,
  size: optional(string, "0"),
  created_at: optional(string),
  digest: optional(string),
});
const listing = object({ artifacts: optional(listOf(listed), []) });
const signedUrl = object({ signed_url: string });

/** Connects to the artifact service of the current run. @throws AccessError when the token does not name a run */
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
          createdAt: dateOf(artifact.created_at),
          expiresAt: undefined,
          runId: undefined,
          ofThisAttempt: artifact.workflow_run_backend_id === ids.run,
          mintUrl: async (abort) => new URL((await call("GetSignedArtifactURL", message, signedUrl, abort)).signed_url),
        };
      });
      return newestFirst(located, ({ createdAt }) => createdAt);
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
  const text = await readText(response, { limit: MAX_ANSWER_BYTES });
  if (response.status !== 200) throw refusal(method, response, text);
  try {
    const options = { source: `the answer to ${method}`, maxBytes: MAX_ANSWER_BYTES };
    return decoder(protoNames(parseJson(text, options)), "");
  } catch (cause) {
    // Most likely a page of a proxy: the service itself always answers in JSON.
    throw new TransientError(`${target.host} answered ${method} with "${excerpt(text)}"`, { cause });
  }
}

/** Protobuf's JSON allows two spellings of field names: GitHub writes `signed_url`, and act's server `signedUrl`. */
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
  // A server that has the service answers with a Twirp error, even for "not found".
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

/** The code and message of a Twirp error; undefined when the answer is not from the service. */
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

/** The beginning of an answer's text, for a message. */
function excerptOf(text: string): string {
  return text.trim() === "" ? "" : `, "${excerpt(text)}"`;
}

/** The run and the job of the token, from its `scp` claim. The service verifies the token, not this code. */
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
