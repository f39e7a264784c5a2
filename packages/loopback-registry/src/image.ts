/** A manifest or index, served whole. */
export interface ServedManifest {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** A config or layer, read only when the engine asks for it. */
export interface ServedBlob {
  /** In bytes. */
  readonly size: number;
  /** Streams exactly `length` bytes from `offset` on. Breaking out of the loop releases what it holds. */
  open(offset: number, length: number, signal: AbortSignal): AsyncIterable<Uint8Array>;
}

/** What a pull may ask for, by digest. */
export interface ServedImage {
  readonly manifests: ReadonlyMap<string, ServedManifest>;
  readonly blobs: ReadonlyMap<string, ServedBlob>;
}
