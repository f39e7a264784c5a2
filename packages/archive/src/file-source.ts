import { open } from "node:fs/promises";
import { type RandomAccessSource, requireRange } from "./source.ts";

/** Large enough that the cost of calls does not matter, small enough that many parallel reads need little memory. */
const CHUNK_BYTES = 256 * 1024;

/** A file on disk; close or dispose of it when done. */
export interface FileSource extends RandomAccessSource, AsyncDisposable {
  close(): Promise<void>;
}

/** Opens a file for random access. Its size is read once, so the file must not change meanwhile. */
export async function openFileSource(path: string): Promise<FileSource> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const source: FileSource = {
      size,
      async *read(offset, length, signal) {
        requireRange(source, offset, length);
        for (let done = 0; done < length; ) {
          signal?.throwIfAborted();
          const chunk = new Uint8Array(Math.min(CHUNK_BYTES, length - done));
          const { bytesRead } = await file.read(chunk, 0, chunk.length, offset + done);
          if (bytesRead === 0) throw new Error(`${path} became shorter while it was read`);
          yield chunk.subarray(0, bytesRead);
          done += bytesRead;
        }
      },
      close: () => file.close(),
      [Symbol.asyncDispose]: () => file.close(),
    };
    return source;
  } catch (error) {
    await file.close();
    throw error;
  }
}
