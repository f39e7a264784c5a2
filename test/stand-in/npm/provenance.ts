import { createHash, verify, X509Certificate } from "node:crypto";

/** The parts of an in-toto statement with SLSA provenance that tests read. */
export interface Statement {
  readonly subject: readonly { name: string; digest: { sha512: string } }[];
  readonly predicate: { buildDefinition: { externalParameters: { workflow: Record<string, string> } } };
}

/** Verifies the attestation of a package and removes it, because a plain registry does not accept attestations. */
export function takeProvenance(body: Buffer, found: Map<string, Statement>): Buffer {
  const document = JSON.parse(body.toString("utf8"));
  const attachments: Record<string, { data: string }> = document._attachments ?? {};
  const [file, attached] = Object.entries(attachments).find(([name]) => name.endsWith(".sigstore")) ?? [];
  if (file === undefined || attached === undefined) return body;
  const { dsseEnvelope, verificationMaterial } = JSON.parse(attached.data);
  const payload = Buffer.from(dsseEnvelope.payload, "base64");
  // The signature is of DSSE's pre-authentication encoding.
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
  const url = manifest?.repository?.url ?? "";
  // Like the registry: without `git+` and `.git`, but with capitals unchanged.
  if (url.replace(/^git\+/, "").replace(/\.git$/, "") !== repository) {
    throw new Error(
      `Failed to validate repository information: package.json: "repository.url" is "${url}", expected to match "${repository}" from provenance`,
    );
  }
  found.set(document.name, statement);
  delete attachments[file];
  return Buffer.from(JSON.stringify(document));
}
