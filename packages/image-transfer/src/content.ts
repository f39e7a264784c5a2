import type { RandomAccessSource } from "@release-actions/archive";

/** An image archive from any place: an artifact, which may be a zip that contains the archive, or a file. */
export interface ArchiveContent {
  /** For messages: "the artifact restate.tar". */
  readonly label: string;
  /** Undefined if the archive can only be read from start to end. */
  readonly source: RandomAccessSource | undefined;
  /**
   * Streams the whole archive; each call begins at the start. When the stream ends, its content has been checked
   * against the listing.
   */
  stream(signal: AbortSignal): AsyncIterable<Uint8Array>;
}
