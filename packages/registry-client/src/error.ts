import { Fault, type FaultDetails } from "@release-actions/report";

/** A registry that refuses, or that answers what it must not. */
export class RegistryError extends Fault {
  override readonly name = "RegistryError";
  /** Of HTTP; `undefined` when it is not about one answer. */
  readonly status: number | undefined;

  constructor(message: string, details: FaultDetails & { readonly status?: number } = {}) {
    super(message, details);
    this.status = details.status;
  }
}
