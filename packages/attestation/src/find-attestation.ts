import type { Rest } from "@release-actions/github-rest";
import { AccessError, RefusedError } from "@release-actions/http";
import { listOf, object, optional } from "@release-actions/json";
import { AttestationError } from "./error.ts";
import type { TrustedRoots } from "./trusted-roots.ts";
import { type AttestationPolicy, type Signed, verifyBundle } from "./verify-bundle.ts";

export interface FindAttestation extends AttestationPolicy {
  /** `owner/name` of the repository whose attestations are read. */
  readonly repository: string;
}

/** GitHub REST API, "List attestations". GitHub leaves out a bundle that is too large. */
const answer = object({ attestations: optional(listOf(object({ bundle: (value: unknown) => value })), []) });

/**
 * Finds a valid attestation of a digest among those that GitHub stores.
 *
 * @throws AttestationError when there is none, or with the reason why each is invalid
 */
export async function findAttestation(
  rest: Rest,
  roots: TrustedRoots,
  { repository, ...policy }: FindAttestation,
  signal?: AbortSignal,
): Promise<Signed> {
  const path = `/repos/${repository}/attestations/${policy.digest}?per_page=100`;
  const { attestations } = await rest.get(path, answer, signal).catch((error: unknown) => {
    // GitHub answers 404 for a digest that was never attested.
    if (error instanceof RefusedError && error.status === 404) return { attestations: [] };
    if (error instanceof AccessError && error.status === 403) {
      throw new AttestationError(`the attestations of ${repository} could not be read: ${error.message}`, {
        advice: "Give the job's token the permission to read them:\n\npermissions:\n  attestations: read",
        cause: error,
      });
    }
    throw error;
  });
  const reasons: string[] = [];
  for (const { bundle } of attestations) {
    try {
      return verifyBundle(bundle, roots, policy);
    } catch (error) {
      if (!(error instanceof AttestationError)) throw error;
      reasons.push(error.message);
    }
  }
  const advice = `Attest the image in the run that builds it (docker-attest.yml), and check which workflow signs: ${policy.signer} is expected.`;
  if (reasons.length === 0) {
    throw new AttestationError(`${repository} has no attestation of ${policy.digest}`, { advice });
  }
  const message = `${repository} has ${reasons.length === 1 ? "an attestation" : `${reasons.length} attestations`} of ${policy.digest}, but none is valid:\n${reasons.map((reason) => `- ${reason}`).join("\n")}`;
  throw new AttestationError(message, { advice });
}
