import { Fault } from "@release-actions/report";

/** A hakari configuration that cannot be used, or a cargo-hakari that failed: never drift, which is a finding. */
export class HakariError extends Fault {
  override readonly name = "HakariError";
}
