import { Fault } from "@release-actions/report";

/** An attestation that is not there, or does not prove what was asked. */
export class AttestationError extends Fault {
  override readonly name = "AttestationError";
}
