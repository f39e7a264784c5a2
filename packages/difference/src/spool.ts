import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
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
  const chunks: Uint8Array[] = [];
  let size = 0;
  const iterator = stream[Symbol.asyncIterator]();
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
    signal?.throwIfAborted();
    chunks.push(next.value);
    size += next.value.length;
    if (size > MEMORY_BYTES) return await spoolToFile(chunks, iterator, scratch, signal);
  }
  return lasting(memorySource(Buffer.concat(chunks)));
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

async function spoolToFile(
  chunks: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
  scratch: string,
  signal: AbortSignal | undefined,
): Promise<TemporarySource> {
  const file = path.join(scratch, randomUUID());
  async function* all(): AsyncGenerator<Uint8Array> {
    yield* chunks;
    yield* { [Symbol.asyncIterator]: () => rest };
  }
  await pipeline(Readable.from(all()), createWriteStream(file), ...(signal === undefined ? [] : [{ signal }]));
  const source = await openFileSource(file);
  return {
    ...source,
    [Symbol.asyncDispose]: async () => {
      await source.close();
      await rm(file, { force: true });
    },
  };
}
