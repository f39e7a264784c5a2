import { Fault } from "@release-actions/report";

/** The artifact does not exist. Only after this kind of error may another source be tried. */
export class MissingArtifactError extends Fault {
  override readonly name: string = "MissingArtifactError";
}

/** The artifact existed, but its retention time is over. */
export class ExpiredArtifactError extends MissingArtifactError {
  override readonly name = "ExpiredArtifactError";
}

/** The whole content was received, but its digest differs from the listing's: damaged in transit or in the storage. */
export class DigestMismatchError extends Fault {
  override readonly name = "DigestMismatchError";
}
