import type { FileToHash } from "./hash-protocol.ts";

/** The largest number of files and bytes in one job, enough to be worth sending to a thread. */
export const BATCH_FILES = 256;
export const BATCH_BYTES = 16 * 1024 * 1024;

/** Splits the files, in order, into jobs within both limits. A larger file is a job of its own. */
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
