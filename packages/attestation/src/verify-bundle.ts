import { decodeJson, listOf, mapOf, object, optional, string } from "@release-actions/json";
import { bundleFromJSON } from "@sigstore/bundle";
import { type TrustMaterial, toSignedEntity, Verifier } from "@sigstore/verify";
import { AttestationError } from "./error.ts";
import type { TrustedRoots } from "./trusted-roots.ts";

/** The identity provider of GitHub Actions, which Fulcio writes into certificates as the issuer ("oid-info", 1.8). */
const GITHUB_ISSUER = "https://token.actions.githubusercontent.com";
const STATEMENT_TYPE = "application/vnd.in-toto+json";
const MAX_STATEMENT_BYTES = 16 * 1024 * 1024;

/** What an attestation must prove: its subject and its signer. */
export interface AttestationPolicy {
  /** `sha256:<hex>` of the subject that the attestation must be about. */
  readonly digest: string;
  /** `owner/name`, or with the workflow: `owner/name/.github/workflows/docker.yml`. */
  readonly signer: string;
  /** The server's URL, such as `https://github.com`. */
  readonly serverUrl: string;
}

/** The proven facts of a valid attestation. */
export interface Signed {
  /** The workflow that signed, as in the certificate: `https://github.com/…@refs/heads/main`. */
  readonly identity: string;
  readonly predicateType: string;
}

const statement = object({
  subject: listOf(object({ name: optional(string, ""), digest: mapOf(string) })),
  predicateType: optional(string, ""),
});

/**
 * Verifies a Sigstore bundle in this process: the certificate's chain and validity, the entries in the certificate
 * transparency log and the transparency log, the signature itself, the signer, and the subject.
 *
 * @throws AttestationError naming the check that failed
 */
export function verifyBundle(bundle: unknown, roots: TrustedRoots, policy: AttestationPolicy): Signed {
  const reasons: string[] = [];
  for (const root of roots) {
    try {
      return verifyAgainst(bundle, root, policy);
    } catch (error) {
      reasons.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new AttestationError(`the attestation is not valid: ${[...new Set(reasons)].join("; ")}`);
}

function verifyAgainst(json: unknown, root: TrustMaterial, policy: AttestationPolicy): Signed {
  const bundle = bundleFromJSON(json);
  if (bundle.content.$case !== "dsseEnvelope" || bundle.content.dsseEnvelope.payloadType !== STATEMENT_TYPE) {
    throw new AttestationError("it is not a statement of in-toto");
  }
  // An instance without logs, such as GitHub's for private repositories, has signed timestamps instead.
  const verifier = new Verifier(root, {
    tlogThreshold: root.tlogs.length > 0 ? 1 : 0,
    ctlogThreshold: root.ctlogs.length > 0 ? 1 : 0,
    timestampThreshold: 1,
  });
  const signer = verifier.verify(toSignedEntity(bundle), {
    subjectAlternativeName: identityPattern(policy),
    extensions: { issuer: GITHUB_ISSUER },
  });
  const { subject, predicateType } = decodeJson(bundle.content.dsseEnvelope.payload, statement, {
    source: "the statement",
    maxBytes: MAX_STATEMENT_BYTES,
  });
  const [algorithm = "", hex] = policy.digest.split(":");
  if (!subject.some(({ digest }) => hex !== undefined && digest.get(algorithm) === hex)) {
    const found = subject.map(({ digest }) => [...digest].map((pair) => pair.join(":")).join(" ")).join(", ");
    throw new AttestationError(`it is about ${found || "nothing"}, expected ${policy.digest}`);
  }
  return { identity: signer.identity?.subjectAlternativeName ?? "", predicateType };
}

/** Matches the workflow at any ref, or any workflow of the repository, but no repository with a longer name. */
function identityPattern({ signer, serverUrl }: AttestationPolicy): RegExp {
  const literal = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const isWorkflow = signer.split("/").length > 2;
  const [workflow, ref] = signer.split("@");
  const end = isWorkflow ? `@${ref === undefined ? "" : `${literal(ref)}$`}` : "/";
  return new RegExp(`^${literal(`${serverUrl}/${workflow}`)}${end}`);
}
