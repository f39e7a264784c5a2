import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { engineFile, workerData } from "./engine-files.ts";
import type { EngineChoice, Reply, Work, WorkThrough } from "./hash-protocol.ts";

/** Where jobs are done. */
export interface HashWorker {
  /** Resolves when there are no jobs left for it. */
  readonly finished: Promise<void>;
  /** Ends what is under way, and resolves when nothing of it is left. */
  close(): Promise<void>;
}

export interface HashWorkerOptions {
  readonly engine: EngineChoice;
  readonly work: Work;
  readonly onReply: (reply: Reply) => void;
}

/** A thread makes a digest for each file and nothing else, for which V8 would take 48 MiB. */
const YOUNG_GENERATION_MIB = 4;

/** On a thread of its own. */
export function threadWorker({ engine, work, onReply }: HashWorkerOptions): HashWorker {
  // The flags of this process are its own: some refuse to be passed on.
  const worker = new Worker(engineFile(), {
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

/** On the caller's thread, which waits for the others anyway: it saves starting one, about 30 ms. */
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
