import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { engineFile, workerData } from "./engine-files.ts";
import type { EngineChoice, Reply, Work, WorkThrough } from "./hash-protocol.ts";

/** A worker that runs jobs. */
export interface HashWorker {
  /** Resolves when no jobs are left. */
  readonly finished: Promise<void>;
  /** Stops the running job, and resolves when it has ended. */
  close(): Promise<void>;
}

export interface HashWorkerOptions {
  readonly engine: EngineChoice;
  readonly work: Work;
  readonly onReply: (reply: Reply) => void;
}

/** V8 would reserve 48 MiB, but a hashing thread allocates little more than one digest per file. */
const YOUNG_GENERATION_MIB = 4;

/** Runs jobs on a new thread. */
export function threadWorker({ engine, work, onReply }: HashWorkerOptions, file = engineFile()): HashWorker {
  // Node refuses some flags of this process in a worker, so none are passed on.
  const worker = new Worker(file, {
    workerData: { ...workerData(engine), work },
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MIB },
  });
  const finished = new Promise<void>((resolve, reject) => {
    worker.on("error", reject);
    worker.on("exit", (code) => reject(new Error(`a hashing thread ended by itself with exit code ${code}`)));
    worker.on("message", (reply: Reply) => {
      if (reply.kind === "failed") reject(new Error(reply.message));
      else if (reply.kind === "finished") resolve();
      else onReply(reply);
    });
  });
  return {
    finished,
    close: async () => {
      await worker.terminate();
    },
  };
}

/** Runs jobs on the calling thread, which would only wait otherwise. This saves the start of one thread, about 30 ms. */
export function callerWorker({ engine, work, onReply }: HashWorkerOptions): HashWorker {
  let closed = false;
  const file = engineFile();
  const module: { readonly workThrough: WorkThrough } = createRequire(file)(file);
  const finished = module.workThrough(workerData(engine), work, (reply) => {
    if (closed) throw new Error("ended before all was done");
    onReply(reply);
  });
  return {
    finished,
    close: async () => {
      closed = true;
      await finished.catch(() => undefined);
    },
  };
}
