import { type KeyObject, verify } from "node:crypto";
import { type Answer, router, serve } from "./http.ts";

/**
 * A stand-in for the services that check credentials: GitHub's `/user`, repositories, Apps and git, npm's `whoami` and
 * trusted publishing, an image registry with its token service, and the runner's identity tokens. It is written from
 * their documentation, and refuses what they refuse.
 */
export interface Accounts {
  readonly origin: string;
  /** The requests so far, as `METHOD path`. */
  readonly requests: string[];
  /** GitHub tokens, with what the answers say about each. */
  readonly github: Map<string, GitHubToken>;
  /** GitHub Apps by their id. */
  readonly apps: Map<string, GitHubApp>;
  /** The rights of a login in a repository, by `user:password owner/name`. Default: pull and push. */
  readonly grants: Map<string, readonly string[]>;
  readonly npm: Set<string>;
  /** The valid logins, as `user:password`. */
  readonly docker: Set<string>;
  /** Packages that exist, in addition to those in `trusted`. */
  readonly packages: Set<string>;
  /** Packages that have this workflow as their trusted publisher. */
  readonly trusted: Set<string>;
  /** Answers that replace the next ones. */
  readonly instead: Answer[];
  close(): Promise<void>;
}

interface GitHubToken {
  readonly scopes?: string;
  readonly expires?: string;
  /** The repositories to which the token's owner may push. */
  readonly pushes?: readonly string[];
  /** Whether the token itself may only read, like a fine-grained token without `contents: write`. */
  readonly readOnly?: boolean;
}

interface GitHubApp {
  readonly publicKey: KeyObject;
  /** Permissions of the App's installation, by repository. */
  readonly installations: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const RUNNER_TOKEN = "runner-token";

/** The variables of a job with `id-token: write`. */
export function oidcEnv({ origin }: Pick<Accounts, "origin">): Record<string, string> {
  return { ACTIONS_ID_TOKEN_REQUEST_URL: `${origin}/oidc?api-version=2`, ACTIONS_ID_TOKEN_REQUEST_TOKEN: RUNNER_TOKEN };
}

export async function startAccounts(): Promise<Accounts> {
  const state = {
    requests: [] as string[],
    github: new Map<string, GitHubToken>(),
    apps: new Map<string, GitHubApp>(),
    grants: new Map<string, readonly string[]>(),
    npm: new Set<string>(),
    docker: new Set<string>(),
    packages: new Set<string>(),
    trusted: new Set<string>(),
    instead: [] as Answer[],
  };
  const bearer = (header: string | undefined): string => /^Bearer (.+)$/.exec(header ?? "")?.[1] ?? "";
  /** The App whose key signed a JSON Web Token, if the token is currently valid. */
  const appOf = (token: string): GitHubApp | undefined => {
    const [head = "", body = "", signature = ""] = token.split(".");
    const { iss, iat, exp } = Object(JSON.parse(Buffer.from(body, "base64url").toString() || "{}"));
    const app = state.apps.get(String(iss));
    const now = Date.now() / 1000;
    if (app === undefined || !(iat <= now && exp > now && exp - now <= 600)) return undefined;
    const isSigned = verify(
      "sha256",
      Buffer.from(`${head}.${body}`),
      app.publicKey,
      Buffer.from(signature, "base64url"),
    );
    return isSigned ? app : undefined;
  };
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
      if (!["registry.docker.io", "other-registry"].includes(query.get("service") ?? "") || !state.docker.has(login)) {
        return { status: 401, body: { details: "incorrect username or password" } };
      }
      const [type, name, wanted = ""] = (query.get("scope") ?? "").split(":");
      if (type !== "repository") return { status: 200, body: { token: "t" } };
      const granted = state.grants.get(`${login} ${name}`) ?? ["pull", "push"];
      const actions = wanted.split(",").filter((action) => granted.includes(action));
      const claims = Buffer.from(JSON.stringify({ access: [{ type, name, actions }] })).toString("base64url");
      return { status: 200, body: { token: `e30.${claims}.sig` } };
    },
    "GET /v2/": ({ headers }) => ({
      status: 401,
      headers: { "www-authenticate": `Bearer realm="http://${headers.host}/token",service="other-registry"` },
      body: {},
    }),
    "GET /app": ({ headers }) => {
      const app = appOf(bearer(headers.authorization));
      return app === undefined ? { status: 401, body: {} } : { status: 200, body: { slug: "app" } };
    },
    "GET /repos/:owner/:repo/installation": ({ headers, params }) => {
      const app = appOf(bearer(headers.authorization));
      if (app === undefined) return { status: 401, body: {} };
      const permissions = app.installations[`${params["owner"]}/${params["repo"]}`];
      return permissions === undefined ? { status: 404, body: {} } : { status: 200, body: { permissions } };
    },
    "GET /:owner/:repo/info/refs": ({ headers, params, query }) => {
      const login = Buffer.from(/^Basic (.+)$/.exec(headers.authorization ?? "")?.[1] ?? "", "base64").toString();
      const token = state.github.get(login.replace(/^x-access-token:/, ""));
      const name = `${params["owner"]}/${(params["repo"] ?? "").replace(/\.git$/, "")}`;
      if (token === undefined || query.get("service") !== "git-receive-pack") return { status: 401, body: {} };
      return token.pushes?.includes(name) === true && token.readOnly !== true
        ? { status: 200, body: {} }
        : { status: 403, body: { message: "Write access to repository not granted." } };
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
    "GET /:package": ({ params }) => {
      const name = params["package"] ?? "";
      const isThere = state.packages.has(name) || state.trusted.has(name);
      return isThere ? { status: 200, body: { name, "dist-tags": {}, versions: {} } } : { status: 404, body: {} };
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
