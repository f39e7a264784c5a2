import { type RandomAccessSource, readExactly, requireRange, sliceSource } from "./source.ts";

/** A source that can fetch a range before it is read. */
export interface PrefetchingSource extends RandomAccessSource {
  /** The least number of bytes that one request fetches. */
  readonly windowBytes: number;
  /** Starts fetching a range, limited to the source; its default length is `windowBytes`. */
  prefetch(offset: number, length?: number): void;
  /** A part of the source as a source of its own, which shares the fetched windows. */
  slice(start: number, size: number): PrefetchingSource;
}

/**
 * Reads small pieces in larger windows and caches the windows, for a source where each read costs a round
 * trip. Reads of a window or more are not cached: layers are streamed, headers and documents are kept.
 */
export class WindowedSource implements PrefetchingSource {
  readonly size: number;
  readonly windowBytes: number;
  readonly #source: RandomAccessSource;
  readonly #maxWindows: number;
  #windows: { readonly start: number; readonly end: number; readonly bytes: Promise<Uint8Array> }[] = [];

  /** Reads of less than `windowBytes` fetch a whole window. Of more than `maxWindows`, the oldest is dropped. */
  constructor(source: RandomAccessSource, { windowBytes = 32 * 1024, maxWindows = 256 } = {}) {
    this.#source = source;
    this.size = source.size;
    this.windowBytes = windowBytes;
    this.#maxWindows = maxWindows;
  }

  read(offset: number, length: number, signal?: AbortSignal, rank?: number): AsyncIterable<Uint8Array> {
    requireRange(this, offset, length);
    const known = this.#find(offset, length);
    if (known === undefined && length >= this.windowBytes) return this.#source.read(offset, length, signal, rank);
    return this.#readWindow(offset, length, signal);
  }

  async *#readWindow(offset: number, length: number, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    signal?.throwIfAborted();
    if (length === 0) return;
    const { start, bytes } = this.#find(offset, length) ?? this.#fetch(offset, this.windowBytes);
    yield (await bytes).subarray(offset - start, offset - start + length);
  }

  prefetch(offset: number, length = this.windowBytes): void {
    const start = Math.max(0, offset);
    const fits = Math.min(offset + length, this.size) - start;
    // Ignore errors here: a later read of the range reports the error, or tries again.
    if (fits > 0 && this.#find(start, fits) === undefined) this.#fetch(start, fits).bytes.catch(() => undefined);
  }

  slice(start: number, size: number): PrefetchingSource {
    return sliceOf(this, start, size);
  }

  #find(offset: number, length: number) {
    return this.#windows.find(({ start, end }) => start <= offset && offset + length <= end);
  }

  #fetch(start: number, length: number) {
    const end = Math.min(start + length, this.size);
    const window = { start, end, bytes: readExactly(this.#source, start, end - start) };
    this.#windows.push(window);
    if (this.#windows.length > this.#maxWindows) this.#windows.shift();
    window.bytes.catch(() => {
      this.#windows = this.#windows.filter((other) => other !== window);
    });
    return window;
  }
}

function sliceOf(source: PrefetchingSource, start: number, size: number): PrefetchingSource {
  return {
    ...sliceSource(source, start, size),
    windowBytes: source.windowBytes,
    prefetch(offset, length = source.windowBytes) {
      if (offset < size) source.prefetch(start + offset, Math.min(length, size - offset));
    },
    slice: (inner, innerSize) => sliceOf(source, start + inner, innerSize),
  };
}
