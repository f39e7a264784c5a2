import type { RandomAccessSource } from "@release-actions/archive";

/** An image archive, wherever it lies: an artifact, which may be a zip around the archive, or a file. */
export interface ArchiveContent {
  /** For messages: "the artifact restate.tar". */
  readonly label: string;
  /** Undefined where it can only be read from front to back. */
  readonly source: RandomAccessSource | undefined;
  /** All of it in order, from the start each time. When the stream ends, its content has been checked against the listing. */
  stream(signal: AbortSignal): AsyncIterable<Uint8Array>;
}
