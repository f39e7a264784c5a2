export { DIGEST, IDENTITY, Sigstore, WORKFLOW } from "./sigstore.ts";
