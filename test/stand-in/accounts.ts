import { type Answer, router, serve } from "./http.ts";

/**
 * Where credentials are tried: GitHub's `/user` and repositories, npm's `whoami` and trusted publishing, Docker
 * Hub's token service, and the runner's identity tokens. Written from their documentation; refuses what they refuse.
 */
export interface Accounts {
  readonly origin: string;
  /** What was asked, as `METHOD path`. */
  readonly requests: string[];
  /** GitHub tokens and what their answers tell. */
  readonly github: Map<string, { scopes?: string; expires?: string; pushes?: readonly string[] }>;
  readonly npm: Set<string>;
  /** `user:password`. */
  readonly docker: Set<string>;
  /** Packages whose trusted publisher this workflow is. */
  readonly trusted: Set<string>;
  /** Answers in place of the next ones. */
  readonly instead: Answer[];
  close(): Promise<void>;
}

const RUNNER_TOKEN = "runner-token";

/** The variables of a job with `id-token: write`. */
export function oidcEnv({ origin }: Pick<Accounts, "origin">): Record<string, string> {
  return { ACTIONS_ID_TOKEN_REQUEST_URL: `${origin}/oidc?api-version=2`, ACTIONS_ID_TOKEN_REQUEST_TOKEN: RUNNER_TOKEN };
}

export async function startAccounts(): Promise<Accounts> {
  const state = {
    requests: [] as string[],
    github: new Map<string, { scopes?: string; expires?: string; pushes?: readonly string[] }>(),
    npm: new Set<string>(),
    docker: new Set<string>(),
    trusted: new Set<string>(),
    instead: [] as Answer[],
  };
  const bearer = (header: string | undefined): string => /^Bearer (.+)$/.exec(header ?? "")?.[1] ?? "";
  let audience = "";
  const route = router({
    "GET /user": ({ headers }) => {
      const token = state.github.get(bearer(headers.authorization));
      if (token === undefined) return { status: 401, body: { message: "Bad credentials" } };
      const told = {
        ...(token.scopes === undefined ? {} : { "x-oauth-scopes": token.scopes }),
        ...(token.expires === undefined ? {} : { "github-authentication-token-expiration": token.expires }),
      };
      return { status: 200, headers: told, body: { login: "someone" } };
    },
    "GET /repos/:owner/:repo": ({ headers, params }) => {
      const pushes = state.github.get(bearer(headers.authorization))?.pushes;
      if (pushes === undefined) return { status: 404, body: { message: "Not Found" } };
      return {
        status: 200,
        body: { permissions: { pull: true, push: pushes.includes(`${params["owner"]}/${params["repo"]}`) } },
      };
    },
    "GET /-/whoami": ({ headers }) =>
      state.npm.has(bearer(headers.authorization))
        ? { status: 200, body: { username: "someone" } }
        : { status: 401, body: {} },
    "GET /token": ({ headers, query }) => {
      const login = Buffer.from(/^Basic (.+)$/.exec(headers.authorization ?? "")?.[1] ?? "", "base64").toString();
      if (query.get("service") !== "registry.docker.io" || !state.docker.has(login)) {
        return { status: 401, body: { details: "incorrect username or password" } };
      }
      return { status: 200, body: { token: "t" } };
    },
    "GET /oidc": ({ headers, query }) => {
      if (bearer(headers.authorization) !== RUNNER_TOKEN) return { status: 401, body: {} };
      audience = query.get("audience") ?? "";
      return { status: 200, body: { value: `identity-for-${audience}` } };
    },
    "POST /-/npm/v1/oidc/token/exchange/package/:name": ({ headers, params }) => {
      const isOurs = bearer(headers.authorization) === `identity-for-${audience}` && audience.startsWith("npm:");
      if (!isOurs) return { status: 401, body: {} };
      return state.trusted.has(params["name"] ?? "")
        ? { status: 201, body: { token: "npm_short" } }
        : { status: 404, body: {} };
    },
  });
  const server = await serve(async (request) => {
    state.requests.push(`${request.method} ${request.path}`);
    const planned = state.instead.shift();
    if (planned !== undefined) return planned;
    const found = route(request.method, request.path);
    if (found === undefined) return { status: 404, body: {} };
    const [handler, params] = found;
    return handler({ ...request, params });
  });
  return { ...state, origin: server.origin, close: () => server.close() };
}
