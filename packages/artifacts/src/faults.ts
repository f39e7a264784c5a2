import { Fault, type FaultDetails } from "@release-actions/report";

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

/** There is no such artifact to be had: the one kind of error after which another source may be tried. */
export class MissingArtifactError extends Fault {
  override readonly name: string = "MissingArtifactError";
}

/** It was there, and its retention has passed. */
export class ExpiredArtifactError extends MissingArtifactError {
  override readonly name = "ExpiredArtifactError";
}

/** The only runs that have the artifact belong to forks. */
export class ForkRefusedError extends Fault {
  override readonly name = "ForkRefusedError";
}

/** What was to make the artifact has failed or was cancelled. */
export class ProducerFailedError extends Fault {
  override readonly name = "ProducerFailedError";
}

/** The run has an artifact of this name with other content. */
export class ArtifactConflictError extends Fault {
  override readonly name = "ArtifactConflictError";
}

/** What arrived is not what the listing, or the server itself, had announced. */
export class ContentError extends Fault {
  override readonly name = "ContentError";
}
