import { availableParallelism } from "node:os";
import type { Reporter } from "@release-actions/report";
import type { Algorithm, Digests } from "./algorithm.ts";
import { batches } from "./batches.ts";
import { HashProgress } from "./hash-progress.ts";
import type { FileToHash, Job } from "./hash-protocol.ts";
import { type PoolOptions, runJobs } from "./pool.ts";

export interface HashFilesOptions extends Pick<PoolOptions, "engine" | "threads" | "signal"> {
  /** Default: `["blake3"]`. Each file is read once for all algorithms. */
  readonly algorithms?: readonly Algorithm[];
  readonly reporter?: Reporter;
}

/**
 * Hashes files in parallel and returns their digests in the given order. Each thread uses a few megabytes of memory,
 * whatever the size of the files.
 *
 * @throws DigestError for a file that does not have the given size or that changes while it is read
 */
export async function hashFiles(files: readonly FileToHash[], options: HashFilesOptions = {}): Promise<Digests[]> {
  const { algorithms = ["blake3"], reporter } = options;
  const groups = [...batches(files)];
  const ahead = groups.length < availableParallelism();
  const jobs = groups.map((batch): Job & { kind: "files" } => ({
    kind: "files",
    files: batch,
    blake3: algorithms.includes("blake3"),
    sha256: algorithms.includes("sha256"),
    ahead,
  }));
  const progress = new HashProgress(jobs.map((job) => job.files.reduce((sum, file) => sum + file.size, 0)));
  const reportProgress = (): void =>
    reporter?.progress({ label: "hashing", done: progress.done, total: progress.total, unit: "bytes" });
  const results = await runJobs(jobs, {
    ...options,
    onProgress: (bytes) => {
      progress.read(bytes);
      reportProgress();
    },
    onDone: (index) => {
      progress.finish(index);
      reportProgress();
    },
  });
  return results.flat();
}
