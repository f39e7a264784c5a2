import { createReadStream } from "node:fs";
import { openFileSource, type RandomAccessSource } from "@release-actions/archive";
import type { ArchiveContent } from "@release-actions/image-transfer";

/** Content that knows how many bytes of it have been read. */
export interface CountedContent extends ArchiveContent {
  readonly fetched: () => number;
}

/** A file as content that can be read from any place. */
export async function rangedContent(file: string): Promise<CountedContent & { close(): Promise<void> }> {
  const source = await openFileSource(file);
  return { ...countedContent(file, source), close: () => source.close() };
}

/** Any source as content that can be read from any place. */
export function countedContent(label: string, source: RandomAccessSource): CountedContent {
  let fetched = 0;
  async function* read(offset: number, length: number, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    for await (const chunk of source.read(offset, length, signal)) {
      fetched += chunk.length;
      yield chunk;
    }
  }
  return {
    label,
    source: { size: source.size, read },
    stream: (signal) => read(0, source.size, signal),
    fetched: () => fetched,
  };
}

/** A file as content of a server without range requests. */
export function sequentialContent(
  file: string,
  change: (bytes: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array> = (bytes) => bytes,
): ArchiveContent {
  return { label: file, source: undefined, stream: () => change(createReadStream(file)) };
}

/** Bytes in memory as content of a server without range requests. */
export function streamedContent(label: string, bytes: Buffer): ArchiveContent {
  async function* stream(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
  }
  return { label, source: undefined, stream };
}
