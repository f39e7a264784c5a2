import { countOf } from "@release-actions/report";
import { ArchiveError } from "./error.ts";
import type { RandomAccessSource } from "./source.ts";

/**
 * A position in an archive that moves forward as bytes are taken. The same reader works on a stream, where
 * skipping reads the bytes, and on a source with random access, where skipping is free.
 */
export interface Cursor {
  /** Bytes taken or skipped since the archive's start. */
  readonly position: number;
  /** The next `length` bytes in one piece; fewer only when the archive ends before. */
  take(length: number): Promise<Uint8Array>;
  /** Streams exactly the next `length` bytes; throws when the archive ends before. */
  stream(length: number): AsyncGenerator<Uint8Array, void, undefined>;
  /** Skips `length` bytes. If the archive ends before, only the next `take` notices. */
  skip(length: number): Promise<void>;
}

/** Reads `bytes` from its beginning to its end. */
export class StreamCursor implements Cursor {
  readonly #iterator: AsyncIterator<Uint8Array>;
  #pending: Uint8Array = new Uint8Array(0);
  #position = 0;

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.#iterator = bytes[Symbol.asyncIterator]();
  }

  get position(): number {
    return this.#position;
  }

  async take(length: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let missing = length;
    for (let part = await this.some(missing); part !== undefined; part = await this.some(missing)) {
      parts.push(part);
      missing -= part.length;
      if (missing === 0) break;
    }
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
  }

  async *stream(length: number): AsyncGenerator<Uint8Array, void, undefined> {
    for (let missing = length; missing > 0; ) {
      const part = await this.some(missing);
      if (part === undefined) throw cutInBody(this.#position, missing);
      missing -= part.length;
      yield part;
    }
  }

  async skip(length: number): Promise<void> {
    for await (const _ of this.stream(length)); // Read and drop them.
  }

  /** The bytes that are available, at least one and at most `limit`; undefined at the end. */
  async some(limit: number): Promise<Uint8Array | undefined> {
    if (limit === 0) return undefined;
    while (this.#pending.length === 0) {
      const next = await this.#iterator.next();
      if (next.done === true) return undefined;
      this.#pending = next.value;
    }
    const part = this.#pending.subarray(0, limit);
    this.#pending = this.#pending.subarray(part.length);
    this.#position += part.length;
    return part;
  }

  /** Puts back the last bytes that were taken. */
  unread(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#pending = this.#pending.length === 0 ? bytes : Buffer.concat([bytes, this.#pending]);
    this.#position -= bytes.length;
  }

  /** Releases the stream without reading on. */
  async close(): Promise<void> {
    await this.#iterator.return?.();
  }
}

/** A cursor on a source with random access, which reads only the bytes that are taken. */
export class SourceCursor implements Cursor {
  readonly #source: RandomAccessSource;
  readonly #signal: AbortSignal | undefined;
  #position: number;

  constructor(source: RandomAccessSource, position = 0, signal?: AbortSignal) {
    this.#source = source;
    this.#signal = signal;
    this.#position = position;
  }

  get position(): number {
    return this.#position;
  }

  async take(length: number): Promise<Uint8Array> {
    const available = Math.max(0, Math.min(length, this.#source.size - this.#position));
    const parts: Uint8Array[] = [];
    for await (const part of this.#source.read(this.#position, available, this.#signal)) parts.push(part);
    this.#position += available;
    return Buffer.concat(parts);
  }

  async *stream(length: number): AsyncGenerator<Uint8Array, void, undefined> {
    const missing = this.#position + length - this.#source.size;
    if (missing > 0) throw cutInBody(this.#source.size, missing);
    const start = this.#position;
    this.#position += length;
    yield* this.#source.read(start, length, this.#signal);
  }

  async skip(length: number): Promise<void> {
    this.#position += length;
    if (this.#position > this.#source.size) throw cutInBody(this.#source.size, this.#position - this.#source.size);
  }
}

function cutInBody(end: number, missing: number): ArchiveError {
  return new ArchiveError("cut", `the archive ends ${countOf(missing, "byte")} before the end of a member`, end);
}
