import { ByteReader } from "./byte-reader.ts";
import { StreamCursor } from "./cursor.ts";
import { decodeFrom } from "./decode.ts";
import { ArchiveError } from "./error.ts";
import { quote } from "./member-path.ts";
import { requireBounded } from "./ratio.ts";
import { memorySource, type RandomAccessSource } from "./source.ts";
import { readZipDirectory } from "./zip-directory.ts";
import { requirePossibleSizes, requireSameEntry } from "./zip-entry.ts";
import { FLAG, LENGTH, MAX_DIRECTORY_BYTES, MAX_ENTRIES, SIGNATURE } from "./zip-format.ts";
import { type EntryFields, readLocalHeader } from "./zip-header.ts";
import { Measured, readDescriptor, readStoredToDescriptor } from "./zip-stored-stream.ts";

/** A file or folder. Read `content` to its end before requesting the next one. */
export interface StreamedZipEntry {
  readonly path: string;
  readonly kind: "file" | "directory";
  readonly content: AsyncIterable<Uint8Array>;
}

interface SeenEntry {
  readonly local: EntryFields;
  readonly headerOffset: number;
  readonly measured: Measured;
  /** In bytes; known after the content was read. */
  compressedSize: number;
}

/**
 * Reads a zip from front to back, for a server without ranges. Do not trust the content before the iteration has
 * ended: only then was the central directory read, and every name, size, CRC and offset in it compared with the
 * entries.
 */
export async function* readZipStream(
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<StreamedZipEntry, void, undefined> {
  const cursor = new StreamCursor(bytes);
  const seen: SeenEntry[] = [];
  try {
    while (await startsWith(cursor, SIGNATURE.localHeader)) {
      if (seen.length === MAX_ENTRIES) throw new ArchiveError("limit", `more than ${MAX_ENTRIES} files`);
      const headerOffset = cursor.position;
      const local = await takeLocalHeader(cursor);
      const entry: SeenEntry = { local, headerOffset, measured: new Measured(), compressedSize: 0 };
      seen.push(entry);
      const content = readContent(cursor, entry);
      yield { path: local.path, kind: local.kind, content };
      for await (const _ of content); // Skip the rest that the caller did not read.
    }
    await requireDirectory(cursor, seen);
  } finally {
    await cursor.close();
  }
}

async function startsWith(cursor: StreamCursor, signature: number): Promise<boolean> {
  const next = await cursor.take(4);
  cursor.unread(next);
  return next.length === 4 && new ByteReader(next, cursor.position, "a signature").u32() === signature;
}

async function takeLocalHeader(cursor: StreamCursor): Promise<EntryFields> {
  const offset = cursor.position;
  const fixed = await cursor.take(LENGTH.localHeader);
  const lengths = new ByteReader(fixed, offset, "a local header");
  lengths.bytes(LENGTH.localHeader - 4);
  const rest = await cursor.take(lengths.u16() + lengths.u16());
  return readLocalHeader(new ByteReader(Buffer.concat([fixed, rest]), offset, "a local header"));
}

async function* readContent(cursor: StreamCursor, entry: SeenEntry): AsyncGenerator<Uint8Array, void, undefined> {
  const { local, measured } = entry;
  const start = cursor.position;
  const isDeferred = (local.flags & FLAG.dataDescriptor) !== 0;
  if (local.method === "stored" && isDeferred) {
    yield* readStoredToDescriptor(cursor, measured);
    entry.compressedSize = measured.size;
    return;
  }
  const chunks = local.method === "stored" ? cursor.stream(local.size) : decodeFrom(cursor, "deflate");
  for await (const chunk of chunks) {
    measured.add(chunk);
    requireBounded(measured.size, cursor.position - start);
    yield chunk;
  }
  entry.compressedSize = cursor.position - start;
  if (isDeferred) await readDescriptor(cursor, measured, entry.compressedSize);
}

/** Reads the rest, which must be the directory, and checks that it agrees with the entries. */
async function requireDirectory(cursor: StreamCursor, seen: readonly SeenEntry[]): Promise<void> {
  const start = cursor.position;
  const rest = await cursor.take(MAX_DIRECTORY_BYTES);
  if ((await cursor.some(1)) !== undefined) {
    const message = `no zip directory: more than ${MAX_DIRECTORY_BYTES} bytes follow the last file`;
    throw new ArchiveError("limit", message, start);
  }
  const directory = await readZipDirectory(tailSource(start, rest));
  if (directory.start !== start || directory.entries.length !== seen.length) throw directoryElsewhere(start);
  for (const [index, { local, headerOffset, measured, compressedSize }] of seen.entries()) {
    const central = directory.entries[index];
    if (central === undefined) throw directoryElsewhere(start);
    requirePossibleSizes(central);
    requireSameEntry(local, central);
    const agrees =
      central.headerOffset === headerOffset &&
      central.crc32 === measured.crc32 &&
      central.size === measured.size &&
      central.compressedSize === compressedSize;
    if (agrees) continue;
    const message = `${quote(central.path)}: the directory has a different offset, size or CRC than its data`;
    throw new ArchiveError("disagreement", message, headerOffset);
  }
}

/** A source for the end of a file that was already streamed, at its original offsets. */
function tailSource(start: number, rest: Uint8Array): RandomAccessSource {
  const tail = memorySource(rest);
  return {
    size: start + rest.length,
    read(offset, length, signal) {
      if (offset < start) throw directoryElsewhere(start);
      return tail.read(offset - start, length, signal);
    },
  };
}

function directoryElsewhere(start: number): ArchiveError {
  return new ArchiveError("disagreement", "the directory does not begin behind the last file it names", start);
}
