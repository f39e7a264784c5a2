/** A manifest or index, served from memory. */
export interface ServedManifest {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** A config or layer, read only when the engine asks for it. */
export interface ServedBlob {
  /** In bytes. */
  readonly size: number;
  /** Streams exactly `length` bytes from `offset` on. Leaving the loop early releases all resources. */
  open(offset: number, length: number, signal: AbortSignal): AsyncIterable<Uint8Array>;
}

/** The contents that a pull may request, by digest. */
export interface ServedImage {
  readonly manifests: ReadonlyMap<string, ServedManifest>;
  readonly blobs: ReadonlyMap<string, ServedBlob>;
}
