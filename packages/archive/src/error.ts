import { Fault } from "@release-actions/report";

/** The reason why an archive is refused, for programs. */
export type ArchiveProblem =
  /** It ends before it is complete. */
  | "cut"
  /** It is something else: another format, a web page, nothing at all. */
  | "not-this-format"
  /** A field has an impossible value. */
  | "malformed"
  /** Two places contradict each other: checksums, sizes, or names that are given twice. */
  | "disagreement"
  /** A path that leaves the archive, is not a portable name, or collides with another. */
  | "unsafe-name"
  /** A kind of member, or a feature, that this package does not support. */
  | "unsupported"
  /** Larger, deeper or more than the stated limits. */
  | "limit"
  /** Bytes before, between or after what the archive accounts for. */
  | "trailing-data";

/** The error for an archive that is refused because it is damaged, ambiguous or malicious. */
export class ArchiveError extends Fault {
  override readonly name = "ArchiveError";
  readonly problem: ArchiveProblem;
  /** The offset of the fault in the archive, in bytes; undefined when it has no single place. */
  readonly offset: number | undefined;

  constructor(problem: ArchiveProblem, message: string, offset?: number, options: ErrorOptions = {}) {
    super(offset === undefined ? message : `${message} (at byte ${offset})`, options);
    this.problem = problem;
    this.offset = offset;
  }
}
