import { randomUUID } from "node:crypto";
import { appendFile, rm } from "node:fs/promises";
import path from "node:path";
import {
  type Compression,
  decompressAny,
  memorySource,
  openFileSource,
  type RandomAccessSource,
  sliceSource,
} from "@release-actions/archive";
import type { Context } from "./context.ts";

/** Contents up to this size stay in memory. */
const MEMORY_BYTES = 8 * 1024 * 1024;

/** A source that may use a file until it is disposed of. */
export type TemporarySource = RandomAccessSource & AsyncDisposable;

/** A source that uses nothing of its own, such as a part of another source. */
export function lasting(source: RandomAccessSource): TemporarySource {
  return { ...source, [Symbol.asyncDispose]: async () => undefined };
}

/** Stores a stream for random access: in memory if it is small, otherwise in the scratch folder. */
export async function spool(
  stream: AsyncIterable<Uint8Array>,
  scratch: string,
  signal?: AbortSignal,
): Promise<TemporarySource> {
  const file = path.join(scratch, randomUUID());
  let waiting: Uint8Array[] = [];
  let [bytes, isOnDisk] = [0, false];
  const write = async (): Promise<void> => {
    await appendFile(file, Buffer.concat(waiting));
    [waiting, bytes, isOnDisk] = [[], 0, true];
  };
  for await (const chunk of stream) {
    signal?.throwIfAborted();
    waiting.push(chunk);
    bytes += chunk.length;
    if (bytes > MEMORY_BYTES) await write();
  }
  if (!isOnDisk) return lasting(memorySource(Buffer.concat(waiting)));
  await write();
  const source = await openFileSource(file);
  return {
    ...source,
    [Symbol.asyncDispose]: async () => {
      await source.close();
      await rm(file, { force: true });
    },
  };
}

/** The compression of a source, or `none`. */
export type Form = Compression | "none";

/** The decompressed content of a source, which itself stays open. */
export async function unpack(
  source: RandomAccessSource,
  form: Form,
  { scratch, signal }: Context,
): Promise<TemporarySource> {
  if (form === "none") return lasting(sliceSource(source, 0, source.size));
  return await spool(decompressAny(source.read(0, source.size, signal), form), scratch, signal);
}
