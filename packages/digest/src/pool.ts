import { availableParallelism } from "node:os";
import { DigestError } from "./algorithm.ts";
import type { EngineChoice, HashedBytes, Job, Reply, Work } from "./hash-protocol.ts";
import { callerWorker, threadWorker } from "./hash-worker.ts";

/** With more threads the disk is the bottleneck. */
const MAX_THREADS = 8;

export interface PoolOptions {
  /** Default `fastest`. */
  readonly engine?: EngineChoice;
  /** At most this many threads. Default: one for each core, at most 8. */
  readonly threads?: number;
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of bytes read of a long file since the last call. */
  readonly onProgress?: (bytes: number) => void;
  /** Called with the index of each finished job. */
  readonly onDone?: (index: number) => void;
}

/**
 * Runs the jobs on this thread and others, each taking the next job when it has finished one. Returns the hashes in the
 * order of the jobs. All threads have ended when this returns or throws.
 */
export async function runJobs(jobs: readonly Job[], options: PoolOptions = {}): Promise<readonly HashedBytes[][]> {
  const { engine = "fastest", threads = Math.min(availableParallelism(), MAX_THREADS), signal } = options;
  signal?.throwIfAborted();
  const results: HashedBytes[][] = new Array(jobs.length);
  const onReply = (reply: Reply): void => {
    if (reply.kind === "progress") options.onProgress?.(reply.bytes);
    if (reply.kind !== "done") return;
    results[reply.index] = [...reply.hashes];
    options.onDone?.(reply.index);
  };
  const work: Work = { jobs, next: new Int32Array(new SharedArrayBuffer(4)) };
  const count = Math.min(threads, jobs.length);
  // The threads come first, so that they start while this thread works.
  const workers = Array.from({ length: count }, (_none, index) =>
    (index < count - 1 ? threadWorker : callerWorker)({ engine, work, onReply }),
  );
  try {
    // A failure of one worker stops all of them.
    await new Promise<void>((resolve, reject) => {
      const abort = (): void => reject(signal?.reason);
      signal?.addEventListener("abort", abort, { once: true });
      const failed = (error: unknown): void =>
        reject(new DigestError(`cannot hash: ${error instanceof Error ? error.message : String(error)}`));
      Promise.all(workers.map(({ finished }) => finished))
        .then(() => resolve(), failed)
        .finally(() => signal?.removeEventListener("abort", abort));
    });
  } finally {
    await Promise.all(workers.map((worker) => worker.close()));
  }
  return results;
}
