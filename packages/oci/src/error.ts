import { Fault, type FaultDetails } from "@release-actions/report";

/** Why an image archive is refused, as a machine-readable code. */
export type ImageProblem =
  /** The file is not an image archive at all. */
  | "not-an-image"
  /** A document in it has an impossible value. */
  | "malformed"
  /** Something it refers to is not there. */
  | "missing"
  /** Content does not have the digest or size it is known by, or two documents disagree. */
  | "mismatch"
  /** There are several images where one is expected. */
  | "ambiguous"
  /** It is an image, but not for the platform in question. */
  | "no-such-platform"
  /** Larger, deeper or more than the stated limits. */
  | "limit"
  /** It uses a feature that engines do not load from an archive. */
  | "unsupported";

/** An image archive that is refused. */
export class ImageArchiveError extends Fault {
  override readonly name: string = "ImageArchiveError";
  readonly problem: ImageProblem;

  constructor(problem: ImageProblem, message: string, details: FaultDetails = {}) {
    super(message, details);
    this.problem = problem;
  }
}
