export { AttestationError } from "./error.ts";
export { type FindAttestation, findAttestation } from "./find-attestation.ts";
export { parseTrustedRoots, type TrustedRoots } from "./trusted-roots.ts";
export { type AttestationPolicy, type Signed, verifyBundle } from "./verify-bundle.ts";
