import { Fault, type FaultDetails } from "@release-actions/report";

/** A service or storage failed until the retries were used up. */
export class TransferError extends Fault {
  override readonly name: string = "TransferError";
}

/** The service refused the request and would refuse it again, for example because of a missing permission or an expired token. */
export class RefusedError extends Fault {
  override readonly name: string = "RefusedError";
  readonly status: number | undefined;

  constructor(message: string, details: FaultDetails & { readonly status?: number } = {}) {
    super(message, details);
    this.status = details.status;
  }
}

/** The token lacks the permission. */
export class AccessError extends RefusedError {
  override readonly name = "AccessError";
}
