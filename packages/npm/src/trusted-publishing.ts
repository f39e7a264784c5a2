import {
  DEFAULT_PATIENCE,
  excerpt,
  readText,
  retryAfter,
  retrying,
  TransientError,
  type Transport,
} from "@release-actions/http";
import { decodeJson, object, text } from "@release-actions/json";
import type { Reporter } from "@release-actions/report";
import { NpmError } from "./error.ts";

/** The endpoint for identity tokens that GitHub gives a job with `id-token: write`. */
export interface IdentityService {
  readonly requestUrl: string;
  readonly requestToken: string;
}

/** The job's endpoint for identity tokens; undefined when the job lacks `id-token: write`. */
export function identityService(env: Readonly<Record<string, string | undefined>>): IdentityService | undefined {
  const requestUrl = env["ACTIONS_ID_TOKEN_REQUEST_URL"] ?? "";
  const requestToken = env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] ?? "";
  return requestUrl === "" || requestToken === "" ? undefined : { requestUrl, requestToken };
}

const MAX_ANSWER_BYTES = 1024 * 1024;
const answer = object({ value: text });

/** Requests an identity token of this job for the registry. The audience has the form that npm uses. */
export async function identityTokenFor(
  registry: URL,
  { requestUrl, requestToken }: IdentityService,
  { transport, signal, reporter }: { transport: Transport; signal: AbortSignal; reporter: Reporter },
): Promise<string> {
  const url = new URL(requestUrl);
  url.searchParams.set("audience", `npm:${registry.hostname}`);
  const ask = async (): Promise<string> => {
    const response = await transport({ url, headers: { Authorization: `Bearer ${requestToken}` }, signal });
    const content = await readText(response, { limit: MAX_ANSWER_BYTES });
    if (response.status === 200)
      return decodeJson(content, answer, { source: url.origin, maxBytes: MAX_ANSWER_BYTES }).value;
    const message = `GitHub issued no identity token (${response.status}): ${excerpt(content)}`;
    if (response.status >= 500 || response.status === 429) {
      throw new TransientError(message, { retryAfterMs: retryAfter(response.headers) });
    }
    throw new NpmError(message, { advice: "Give this job the permission `id-token: write`." });
  };
  return await retrying("asking GitHub for an identity token", DEFAULT_PATIENCE, signal, ask, { reporter });
}
