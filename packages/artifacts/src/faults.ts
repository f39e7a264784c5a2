import { Fault } from "@release-actions/report";

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
  override readonly name: string = "ContentError";
}

/** All of it arrived, with another digest than the listing's: damaged on the way, or stored like that. */
export class DigestMismatchError extends ContentError {
  override readonly name = "DigestMismatchError";
}
