import { Fault, type FaultDetails } from "@release-actions/report";

/** Thrown when a registry refuses a request or sends an invalid response. */
export class RegistryError extends Fault {
  override readonly name = "RegistryError";
  /** The HTTP status; undefined when the error does not concern a single response. */
  readonly status: number | undefined;

  constructor(message: string, details: FaultDetails & { readonly status?: number } = {}) {
    super(message, details);
    this.status = details.status;
  }
}
