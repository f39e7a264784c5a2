// The messages between the pool and its threads. The threads import only types from here.

/** `fastest` uses the native engine if it exists for this platform and loads, otherwise the WASM engine. */
export type EngineChoice = "fastest" | "native" | "wasm";

/** The absolute paths at which a worker finds the engines. */
export interface WorkerData {
  readonly choice: EngineChoice;
  /** The addon built for this platform, when there is one. */
  readonly addon: string | undefined;
  readonly wasmGlue: string;
  readonly wasmBinary: string;
}

export interface FileToHash {
  readonly path: string;
  /** The size when the file was listed; reading a different size is an error. */
  readonly size: number;
}

export type Job =
  | {
      readonly kind: "files";
      readonly files: readonly FileToHash[];
      readonly blake3: boolean;
      readonly sha256: boolean;
      /** Whether long files are read ahead, which helps only while a core is idle. */
      readonly ahead: boolean;
    }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array };

export interface HashedBytes {
  readonly blake3?: string;
  readonly sha256?: string;
}

/** All jobs, and the index of the next job that no thread has taken: one 32-bit number that all threads share. */
export interface Work {
  readonly jobs: readonly Job[];
  readonly next: Int32Array;
}

export type Reply =
  | { readonly kind: "done"; readonly index: number; readonly hashes: readonly HashedBytes[] }
  /** The bytes read of a long file since the last progress message. */
  | { readonly kind: "progress"; readonly bytes: number }
  /** No jobs are left. */
  | { readonly kind: "finished" }
  | { readonly kind: "failed"; readonly message: string };

/**
 * Runs jobs on the calling thread until none are left. If `say` throws, the work ends. Nothing runs any more when the
 * promise settles.
 */
export type WorkThrough = (data: WorkerData, work: Work, say: (reply: Reply) => void) => Promise<void>;
