import { Fault } from "@release-actions/report";

/** An invalid hakari configuration, or a failure of cargo-hakari. Drift is not an error but a finding. */
export class HakariError extends Fault {
  override readonly name = "HakariError";
}
