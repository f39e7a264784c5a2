import type { FileToHash } from "./hash-protocol.ts";

/** A job is worth sending to a thread when it has this many files or bytes. */
export const BATCH_FILES = 256;
export const BATCH_BYTES = 16 * 1024 * 1024;

/** The files in their order, in jobs that none exceeds, except for one file that is longer alone. */
export function* batches(files: readonly FileToHash[]): Generator<FileToHash[]> {
  let batch: FileToHash[] = [];
  let bytes = 0;
  for (const file of files) {
    if (batch.length > 0 && (batch.length === BATCH_FILES || bytes + file.size > BATCH_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(file);
    bytes += file.size;
  }
  if (batch.length > 0) yield batch;
}
