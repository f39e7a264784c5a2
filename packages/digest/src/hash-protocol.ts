// What the pool and its threads say to each other. The threads know these types by name only.

export type EngineName = "native" | "wasm";

/** `fastest` takes the native engine where one fits this platform and loads, else the WASM one. */
export type EngineChoice = "fastest" | EngineName;

/** Where a worker finds the engines: absolute paths. */
export interface WorkerData {
  readonly choice: EngineChoice;
  /** The addon built for this platform, when there is one. */
  readonly addon: string | undefined;
  readonly wasmGlue: string;
  readonly wasmBinary: string;
}

export interface FileToHash {
  readonly path: string;
  /** As it was when the file was listed; another size when it is read is an error. */
  readonly size: number;
}

/** The three modes of BLAKE3 (the BLAKE3 paper, section 2.3). A key has 32 bytes. */
export type Blake3Mode =
  | { readonly kind: "hash" }
  | { readonly kind: "keyed"; readonly key: Uint8Array }
  | { readonly kind: "derive-key"; readonly context: string };

export type Job =
  | {
      readonly kind: "files";
      readonly files: readonly FileToHash[];
      readonly blake3: boolean;
      readonly sha256: boolean;
      /** Whether long files are read ahead: worth it only while a core is idle. */
      readonly ahead: boolean;
    }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array; readonly mode: Blake3Mode };

export interface HashedBytes {
  readonly blake3?: string;
  readonly sha256?: string;
}

/** All jobs, and the place in the list of the next that nobody has taken: one 32-bit number that all threads share. */
export interface Work {
  readonly jobs: readonly Job[];
  readonly next: Int32Array;
}

export type Reply =
  | { readonly kind: "done"; readonly index: number; readonly hashes: readonly HashedBytes[] }
  /** Bytes read of a long file since the last such message. */
  | { readonly kind: "progress"; readonly bytes: number }
  /** There are no jobs left. */
  | { readonly kind: "finished" }
  | { readonly kind: "failed"; readonly message: string };

/**
 * Does jobs until none is left, on the thread that calls it. `say` may throw, and so end it; nothing of a job
 * is left when the promise settles.
 */
export type WorkThrough = (data: WorkerData, work: Work, say: (reply: Reply) => void) => Promise<void>;
