import { Fault } from "@release-actions/report";

/** An attestation is missing, or does not prove what is required. */
export class AttestationError extends Fault {
  override readonly name = "AttestationError";
}
