import { Fault, type FaultDetails } from "@release-actions/report";

/** A service or the storage could not be used, after all that patience allows. */
export class TransferError extends Fault {
  override readonly name: string = "TransferError";
}

/** The service refused, and will refuse again: a bad request, a missing right, an expired token. */
export class RefusedError extends Fault {
  override readonly name: string = "RefusedError";
  readonly status: number | undefined;

  constructor(message: string, details: FaultDetails & { readonly status?: number } = {}) {
    super(message, details);
    this.status = details.status;
  }
}

/** The token may not do this. */
export class AccessError extends RefusedError {
  override readonly name = "AccessError";
}

/** A rate limit that lasts longer than we may wait. */
export class RateLimitError extends RefusedError {
  override readonly name = "RateLimitError";
}
