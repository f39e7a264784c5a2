import { TrustedRoot } from "@sigstore/protobuf-specs";
import { type TrustMaterial, toTrustMaterial } from "@sigstore/verify";
import { AttestationError } from "./error.ts";

/** The trusted authorities and logs of each Sigstore instance: the public one, and GitHub's for private repositories. */
export type TrustedRoots = readonly TrustMaterial[];

/** Reads the output of `gh attestation trusted-root`: one trusted root in JSON per line. */
export function parseTrustedRoots(text: string): TrustedRoots {
  const documents = text.trim().startsWith("{\n") ? [text] : text.split("\n").filter((line) => line.trim() !== "");
  try {
    const roots = documents.map((document) => toTrustMaterial(TrustedRoot.fromJSON(JSON.parse(document))));
    if (roots.length > 0) return roots;
  } catch (cause) {
    throw new AttestationError("the trusted root cannot be read", { cause, advice: ADVICE });
  }
  throw new AttestationError("the trusted root is empty", { advice: ADVICE });
}

const ADVICE = "Make it with `gh attestation trusted-root > trusted-root.jsonl`.";
