import { type Answer, Refusal, type Request, router, serve } from "../http.ts";
import { type Credentials, openCredentials, type Right } from "./credentials.ts";
import { readIdentity } from "./identity-token.ts";
import { type Statement, takeProvenance } from "./provenance.ts";
import { openStaging, type PublicRegistry, readDocument, type Staging } from "./staging.ts";

/** The workflow that a package trusts (npm docs, "Trusted publishing"). */
export interface TrustedPublisher {
  /** `owner/repository/.github/workflows/file.yml`. */
  readonly workflow: string;
  readonly environment?: string;
  /** The allowed actions. Default: all. */
  readonly rights?: readonly Right[];
}

/** What the public registry does beyond a plain one. The real registry behind it answers everything else. */
export interface RegistryFront {
  readonly origin: string;
  /** Trusted publishers by package. A text is the workflow of a publisher that may do everything. */
  readonly trusted: Map<string, TrustedPublisher | string>;
  /** Users and their rights, by package. Without an entry the registry does not answer the question. */
  readonly collaborators: Map<string, Record<string, string>>;
  /** The packages for which an identity was exchanged for a token, one entry per exchange. */
  readonly exchanges: string[];
  /** The tokens that were issued in these exchanges. */
  readonly issued: string[];
  /** The provenance statements of published packages, by name. */
  readonly provenance: Map<string, Statement>;
  readonly credentials: Credentials;
  readonly staging: Staging;
  /** Names of packages that the spam filter refuses to create. */
  readonly spam: Set<string>;
  close(): Promise<void>;
}

/**
 * A stand-in for npm's public registry, in front of a real one. It adds trusted publishing, provenance, rights, kinds
 * of tokens and staged publishing, written from npm's documentation and npm's own client. It refuses what the registry
 * refuses, with the same messages.
 *
 * @param token a token of the real registry that may publish. Here it bypasses two-factor authentication.
 * @param host the name by which clients know the registry, which is the audience of their identity tokens.
 */
export async function startRegistryFront(
  behind: string,
  token: string,
  issuer: string,
  host = "127.0.0.1",
): Promise<RegistryFront> {
  const trusted = new Map<string, TrustedPublisher | string>();
  const collaborators = new Map<string, Record<string, string>>();
  const [exchanges, issued, spam] = [[] as string[], [] as string[], new Set<string>()];
  const provenance = new Map<string, Statement>();
  const credentials = openCredentials();
  credentials.add(token, "bypass");
  const registry = openBehind(behind, token, credentials);
  const staging = openStaging(registry, credentials, provenance);
  const route = router({
    "POST /-/npm/v1/oidc/token/exchange/package/*name": async ({ params, headers }) => {
      const name = params["name"] ?? "";
      const [, identity = ""] = /^Bearer (.+)$/.exec(headers.authorization ?? "") ?? [];
      const claims = await readIdentity(identity, issuer, `npm:${host}`).catch((error: unknown) => {
        throw new Refusal(401, { message: String(error) });
      });
      const found = trusted.get(name);
      const publisher: TrustedPublisher | undefined = typeof found === "string" ? { workflow: found } : found;
      const workflow = String(claims["workflow_ref"]).replace(/@.*/, "");
      const isMatch = publisher?.workflow === workflow && publisher.environment === claims["environment"];
      if (!isMatch) return { status: 404, body: { message: "OIDC token exchange error" } };
      exchanges.push(name);
      const short = credentials.issue(name, publisher.rights ?? ["publish", "stage", "dist-tag"]);
      issued.push(short);
      return { status: 201, body: { token: short } };
    },
    "GET /-/package/*name/collaborators": ({ params }) => {
      const found = collaborators.get(params["name"] ?? "");
      return found === undefined ? { status: 404, body: {} } : { status: 200, body: found };
    },
    "GET /-/package/*name/visibility": () => ({ status: 200, body: { public: true } }),
    "PUT /-/package/*name/dist-tags/:tag": (request) => {
      const { params, headers } = request;
      credentials.require(headers.authorization, "dist-tag", params["name"] ?? "", otpOf(request));
      return registry.pass(request, request.body);
    },
    ...staging.routes,
    "PUT /*name": async (request) => {
      const { params, headers } = request;
      const name = params["name"] ?? "";
      credentials.require(headers.authorization, "publish", name, otpOf(request));
      let body: Buffer;
      try {
        body = takeProvenance(request.body, provenance);
      } catch (error) {
        throw new Refusal(422, { error: `Error verifying sigstore provenance bundle: ${error}` });
      }
      const { version } = readDocument(body, name);
      staging.requireFree(name, version);
      const existing = await registry.versions(name);
      if (existing?.includes(version)) {
        throw new Refusal(403, { error: `You cannot publish over the previously published versions: ${version}.` });
      }
      if (existing === undefined && spam.has(name)) {
        throw new Refusal(403, {
          error: "Package name triggered spam detection; if you believe this is in error, please contact support",
        });
      }
      return await registry.pass(request, body);
    },
  });
  const server = await serve(async (request) => {
    const found = route(request.method, decodeURIComponent(request.path));
    if (found === undefined) return await registry.pass(request, request.body);
    const [handler, params] = found;
    try {
      return await handler({ ...request, params });
    } catch (error: unknown) {
      if (error instanceof Refusal) return error.answer;
      throw error;
    }
  });
  const parts = { trusted, collaborators, exchanges, issued, provenance, credentials, staging, spam };
  return { origin: server.origin, ...parts, close: () => server.close() };
}

type Passed = Omit<Request, "params">;

interface Behind extends PublicRegistry {
  /** Passes a request on to the real registry, as its own user when the caller has a credential of the stand-in. */
  pass(request: Passed, body: Buffer): Promise<Answer>;
}

function openBehind(behind: string, token: string, credentials: Credentials): Behind {
  const put = { "Content-Type": "application/json", authorization: `Bearer ${token}` };
  return {
    versions: async (name) => {
      const response = await fetch(`${behind}/${name.replace("/", "%2f")}`, {
        headers: { authorization: put.authorization },
      });
      if (!response.ok) return undefined;
      return Object.keys(Object((await response.json()) as unknown).versions ?? {});
    },
    put: async (name, document) => {
      const init = { method: "PUT", headers: put, body: new Uint8Array(document) };
      const response = await fetch(`${behind}/${name.replace("/", "%2f")}`, init);
      if (!response.ok) throw new Refusal(response.status, await response.json());
    },
    pass: async ({ method, path, query: asked, headers: sent }, body) => {
      const { authorization, "content-type": type } = sent;
      const own = credentials.isKnown(authorization) ? put.authorization : authorization;
      const headers = { ...(own && { authorization: own }), ...(type && { "content-type": type }) };
      const query = asked.size > 0 ? `?${asked}` : "";
      const init = { method, headers, ...(body.length > 0 && { body: new Uint8Array(body) }) };
      const response = await fetch(`${behind}${path}${query}`, init);
      return {
        status: response.status,
        headers: { "Content-Type": response.headers.get("content-type") ?? "application/json" },
        body: Buffer.from(await response.arrayBuffer()),
      };
    },
  };
}

function otpOf({ headers }: Passed): string | undefined {
  const otp = headers["npm-otp"];
  return typeof otp === "string" ? otp : undefined;
}
