import { type PrefetchingSource, readExactly, SourceCursor, TolerantTarReader } from "@release-actions/archive";
import { type Index, parseIndex } from "./documents.ts";

/** Buildx and docker write `index.json` and what follows it within the last few KiB. */
const TAIL_BYTES = 64 * 1024;
const BLOCK_BYTES = 512;
const NAME = Buffer.from("index.json\0");
/** The offset of the magic number in a tar header. */
const MAGIC_OFFSET = 257;

/**
 * Looks for `index.json` at the end of a tar before the walk gets there. The result is only a hint: the walk from
 * the beginning decides what the archive contains.
 */
export async function readTailIndex(source: PrefetchingSource, signal?: AbortSignal): Promise<Index | undefined> {
  const length = Math.min(TAIL_BYTES, source.size - (source.size % BLOCK_BYTES));
  const start = source.size - (source.size % BLOCK_BYTES) - length;
  const tail = Buffer.from(await readExactly(source, start, length, signal));
  for (let at = tail.length - BLOCK_BYTES; at >= 0; at -= BLOCK_BYTES) {
    if (!tail.subarray(at, at + NAME.length).equals(NAME)) continue;
    if (tail.toString("latin1", at + MAGIC_OFFSET, at + MAGIC_OFFSET + 5) !== "ustar") continue;
    return await readIndexAt(source, start + at, signal).catch(() => undefined); // There is no hint.
  }
  return undefined;
}

async function readIndexAt(source: PrefetchingSource, position: number, signal?: AbortSignal): Promise<Index> {
  const reader = new TolerantTarReader(new SourceCursor(source, position, signal));
  const member = await reader.next();
  const bytes =
    member === undefined ? new Uint8Array(0) : await readExactly(source, member.offset, member.size, signal);
  return parseIndex(bytes, "index.json");
}
