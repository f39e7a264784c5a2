import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { DigestError } from "./algorithm.ts";
import { workerData, workerFile } from "./engine-files.ts";
import type { EngineChoice, HashedBytes, Job, Reply } from "./hash-protocol.ts";

/** More threads than this wait for the disk, not for a core. */
const MAX_THREADS = 8;

export interface PoolOptions {
  /** Default `fastest`. */
  readonly engine?: EngineChoice;
  /** At most this many threads. Default: one for each core, at most 8. */
  readonly threads?: number;
  readonly signal?: AbortSignal;
  /** Called with bytes of a long file as they are read. */
  readonly onProgress?: (bytes: number) => void;
  /** Called when a job is done, with its place in the list. */
  readonly onDone?: (index: number) => void;
}

/**
 * Hands the jobs to threads, each taking the next one when it has finished its last, and returns
 * the hashes in the order of the jobs. No thread outlives the call, whatever way it ends.
 */
export async function runJobs(jobs: readonly Job[], options: PoolOptions = {}): Promise<readonly HashedBytes[][]> {
  options.signal?.throwIfAborted();
  const results: HashedBytes[][] = new Array(jobs.length);
  const remaining = jobs.entries();
  const count = Math.min(options.threads ?? Math.min(availableParallelism(), MAX_THREADS), jobs.length);
  const workers: Worker[] = [];
  try {
    // One thread's failure ends them all.
    await new Promise<void>((resolve, reject) => {
      const abort = (): void => reject(options.signal?.reason);
      options.signal?.addEventListener("abort", abort, { once: true });
      const working = Array.from({ length: count }, () => {
        const worker = startWorker(options.engine ?? "fastest");
        workers.push(worker);
        return workThrough(worker, remaining, results, options);
      });
      Promise.all(working)
        .then(() => resolve(), reject)
        .finally(() => options.signal?.removeEventListener("abort", abort));
    });
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return results;
}

function startWorker(engine: EngineChoice): Worker {
  // The flags of this process are its own: some refuse to be passed on.
  return new Worker(workerFile(), { workerData: workerData(engine), execArgv: [] });
}

function workThrough(
  worker: Worker,
  remaining: Iterator<[number, Job]>,
  results: HashedBytes[][],
  options: PoolOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let current = -1;
    const next = (): void => {
      const { done, value } = remaining.next();
      if (done) {
        resolve();
        return;
      }
      current = value[0];
      worker.postMessage(value[1]);
    };
    worker.on("error", reject);
    worker.on("exit", (code) => reject(new Error(`a hashing thread ended by itself with exit code ${code}`)));
    worker.on("message", (reply: Reply) => {
      if (reply.kind === "progress") return options.onProgress?.(reply.bytes);
      if (reply.kind === "failed") return reject(new DigestError(`cannot hash: ${reply.message}`));
      results[current] = [...reply.hashes];
      options.onDone?.(current);
      next();
    });
    next();
  });
}
