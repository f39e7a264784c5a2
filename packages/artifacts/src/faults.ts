import { Fault } from "@release-actions/report";

/** The artifact does not exist. Only after this kind of error may another source be tried. */
export class MissingArtifactError extends Fault {
  override readonly name: string = "MissingArtifactError";
}

/** The artifact existed, but its retention time is over. */
export class ExpiredArtifactError extends MissingArtifactError {
  override readonly name = "ExpiredArtifactError";
}

/** The only runs that have the artifact belong to forks. */
export class ForkRefusedError extends Fault {
  override readonly name = "ForkRefusedError";
}

/** The job that should produce the artifact failed or was cancelled. */
export class ProducerFailedError extends Fault {
  override readonly name = "ProducerFailedError";
}

/** The run has an artifact of this name with other content. */
export class ArtifactConflictError extends Fault {
  override readonly name = "ArtifactConflictError";
}

/** The received content differs from what the listing or the server announced. */
export class ContentError extends Fault {
  override readonly name: string = "ContentError";
}

/** The whole content was received, but its digest differs from the listing's: damaged in transit or in the storage. */
export class DigestMismatchError extends ContentError {
  override readonly name = "DigestMismatchError";
}
