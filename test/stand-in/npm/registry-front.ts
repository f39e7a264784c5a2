import { createHash, verify, X509Certificate } from "node:crypto";
import { type Answer, Refusal, router, serve } from "../http.ts";
import { readIdentity } from "./identity-token.ts";

/** What the public registry does beyond a plain one; all else is answered by the real registry behind it. */
export interface RegistryFront {
  readonly origin: string;
  /** The workflow that may publish a package, as `owner/repository/.github/workflows/file.yml`. */
  readonly trusted: Map<string, string>;
  /** By package, users and their rights. Without an entry the registry does not tell. */
  readonly collaborators: Map<string, Record<string, string>>;
  /** The packages whose token was exchanged, one entry an exchange. */
  readonly exchanges: string[];
  /** The statements that came with packages, by name. */
  readonly provenance: Map<string, Statement>;
  close(): Promise<void>;
}

/** An in-toto statement with SLSA provenance, as far as tests look at it. */
export interface Statement {
  readonly subject: readonly { name: string; digest: { sha512: string } }[];
  readonly predicate: { buildDefinition: { externalParameters: { workflow: Record<string, string> } } };
}

/**
 * A stand-in for npm's public registry, in front of a real one: trusted publishing, provenance and rights, from
 * npm's documentation. It refuses what the registry refuses.
 *
 * @param token one that may publish, in exchange for an identity.
 */
export async function startRegistryFront(behind: string, token: string, issuer: string): Promise<RegistryFront> {
  const trusted = new Map<string, string>();
  const collaborators = new Map<string, Record<string, string>>();
  const exchanges: string[] = [];
  const provenance = new Map<string, Statement>();
  const route = router({
    "POST /-/npm/v1/oidc/token/exchange/package/*name": async ({ params, headers }) => {
      const name = params["name"] ?? "";
      const [, identity = ""] = /^Bearer (.+)$/.exec(headers.authorization ?? "") ?? [];
      const claims = await readIdentity(identity, issuer, "npm:127.0.0.1").catch((error: unknown) => {
        throw new Refusal(401, { message: String(error) });
      });
      const workflow = String(claims["workflow_ref"]).replace(/@.*/, "");
      if (trusted.get(name) !== workflow) return { status: 404, body: { message: "OIDC token exchange error" } };
      exchanges.push(name);
      return { status: 201, body: { token } };
    },
    "GET /-/package/*name/collaborators": ({ params }) => {
      const found = collaborators.get(params["name"] ?? "");
      return found === undefined ? { status: 404, body: {} } : { status: 200, body: found };
    },
    "GET /-/package/*name/visibility": () => ({ status: 200, body: { public: true } }),
  });
  const server = await serve(async (request) => {
    const found = route(request.method, decodeURIComponent(request.path));
    if (found !== undefined) {
      const [handler, params] = found;
      return await Promise.resolve(handler({ ...request, params })).catch((error: unknown) => {
        if (error instanceof Refusal) return error.answer;
        throw error;
      });
    }
    const { authorization, "content-type": type } = request.headers;
    let body = request.body;
    if (request.method === "PUT") {
      try {
        body = takeProvenance(body, provenance);
      } catch (error) {
        return { status: 422, body: { error: `Error verifying sigstore provenance bundle: ${error}` } };
      }
    }
    const headers = { ...(authorization && { authorization }), ...(type && { "content-type": type }) };
    const query = request.query.size > 0 ? `?${request.query}` : "";
    const init = { method: request.method, headers, ...(body.length > 0 && { body: new Uint8Array(body) }) };
    const response = await fetch(`${behind}${request.path}${query}`, init);
    const answer: Answer = {
      status: response.status,
      headers: { "Content-Type": response.headers.get("content-type") ?? "application/json" },
      body: Buffer.from(await response.arrayBuffer()),
    };
    return answer;
  });
  return { origin: server.origin, trusted, collaborators, exchanges, provenance, close: () => server.close() };
}

/** Verifies what attests a package, and takes it out: a plain registry has no place for it. */
function takeProvenance(body: Buffer, found: Map<string, Statement>): Buffer {
  const document = JSON.parse(body.toString("utf8"));
  const attachments: Record<string, { data: string }> = document._attachments ?? {};
  const [file, attached] = Object.entries(attachments).find(([name]) => name.endsWith(".sigstore")) ?? [];
  if (file === undefined || attached === undefined) return body;
  const { dsseEnvelope, verificationMaterial } = JSON.parse(attached.data);
  const payload = Buffer.from(dsseEnvelope.payload, "base64");
  // The pre-authentication encoding of DSSE, which is what is signed.
  const signed = Buffer.concat([
    Buffer.from(`DSSEv1 ${dsseEnvelope.payloadType.length} ${dsseEnvelope.payloadType} ${payload.length} `),
    payload,
  ]);
  const chain = verificationMaterial.certificate ?? verificationMaterial.x509CertificateChain.certificates[0];
  const certificate = new X509Certificate(Buffer.from(chain.rawBytes, "base64"));
  const signature = Buffer.from(dsseEnvelope.signatures[0].sig, "base64");
  if (!verify("sha256", signed, certificate.publicKey, signature)) throw new Error("the signature is wrong");
  if (verificationMaterial.tlogEntries.length !== 1) throw new Error("there is no entry of the log");
  const statement: Statement = JSON.parse(payload.toString("utf8"));
  const [tarball] = Object.entries(attachments).find(([name]) => name.endsWith(".tgz")) ?? [];
  const bytes = Buffer.from(attachments[tarball ?? ""]?.data ?? "", "base64");
  const digest = createHash("sha512").update(bytes).digest("hex");
  if (statement.subject[0]?.digest.sha512 !== digest) throw new Error("the subject is another tarball");
  const [manifest] = Object.values(document.versions) as { repository?: { url?: string } }[];
  const { repository } = statement.predicate.buildDefinition.externalParameters.workflow;
  if (manifest?.repository?.url !== `git+${repository}.git`) throw new Error(`repository.url is not ${repository}`);
  found.set(document.name, statement);
  delete attachments[file];
  return Buffer.from(JSON.stringify(document));
}
