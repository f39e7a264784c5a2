import { createReadStream } from "node:fs";
import { openFileSource } from "@release-actions/archive";
import type { ArchiveContent } from "@release-actions/image-transfer";

/** A file as content that can be read from any place, and the number of bytes read of it so far. */
export async function rangedContent(
  file: string,
): Promise<ArchiveContent & { readonly fetched: () => number; close(): Promise<void> }> {
  const source = await openFileSource(file);
  let fetched = 0;
  async function* counted(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      fetched += chunk.length;
      yield chunk;
    }
  }
  return {
    label: file,
    source: { size: source.size, read: (offset, length, signal) => counted(source.read(offset, length, signal)) },
    stream: () => createReadStream(file),
    fetched: () => fetched,
    close: () => source.close(),
  };
}

/** A file as content of a server that gives no ranges. */
export function sequentialContent(
  file: string,
  change: (bytes: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array> = (bytes) => bytes,
): ArchiveContent {
  return { label: file, source: undefined, stream: () => change(createReadStream(file)) };
}
