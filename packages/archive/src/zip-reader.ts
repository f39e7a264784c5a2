import { isNativeError } from "node:util/types";
import { crc32, inflateRawSync } from "node:zlib";
import { countOf } from "@release-actions/report";
import { ByteReader } from "./byte-reader.ts";
import { StreamCursor } from "./cursor.ts";
import { decodeFrom, decodingFailed } from "./decode.ts";
import { ArchiveError } from "./error.ts";
import { quote } from "./member-path.ts";
import { requireBounded } from "./ratio.ts";
import { type RandomAccessSource, readExactly, sliceSource } from "./source.ts";
import { readZipDirectory } from "./zip-directory.ts";
import { requireDescriptor, requirePossibleSizes, requireSameEntry, type ZipEntry } from "./zip-entry.ts";
import { FLAG, LENGTH } from "./zip-format.ts";
import { type CentralEntry, type LinkPolicy, readLocalHeader } from "./zip-header.ts";

/**
 * Opens a zip and checks everything except the data itself: every byte must belong to exactly one header, entry's
 * data, data descriptor, or the directory, and values that are stored twice must agree.
 *
 * This is our own code because yauzl, adm-zip and unzip-stream each skip some of these checks (local headers, overlaps,
 * CRCs, data before or after), so that two readers may see different contents.
 */
export async function openZip(
  source: RandomAccessSource,
  signal?: AbortSignal,
  links: LinkPolicy = "refuse",
): Promise<readonly ZipEntry[]> {
  const { entries, start } = await readZipDirectory(source, signal, links);
  const opened: ZipEntry[] = [];
  let expected = 0;
  for (const [index, central] of entries.entries()) {
    if (central.headerOffset !== expected) {
      const what = central.headerOffset < expected ? "overlaps the data of another" : "leaves a gap before it";
      throw new ArchiveError("disagreement", `${quote(central.path)} ${what}`, central.headerOffset);
    }
    const end = entries[index + 1]?.headerOffset ?? start;
    opened.push(await openEntry(source, central, end, signal));
    expected = end;
  }
  if (expected !== start) throw new ArchiveError("trailing-data", "data that belongs to no file", expected);
  return opened;
}

/** Reads an entry's decompressed content, and verifies its size and CRC before the stream ends. */
export async function* readZipEntry(
  source: RandomAccessSource,
  entry: ZipEntry,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (entry.method === "deflate" && Math.max(entry.size, entry.compressedSize) <= AT_ONCE_BYTES) {
    yield* inflateAtOnce(await readExactly(source, entry.dataOffset, entry.compressedSize, signal), entry);
    return;
  }
  const cursor = new StreamCursor(source.read(entry.dataOffset, entry.compressedSize, signal));
  const bytes = entry.method === "stored" ? cursor.stream(entry.compressedSize) : decodeFrom(cursor, "deflate");
  try {
    yield* verified(bytes, entry, () => cursor.position);
  } finally {
    await cursor.close();
  }
}

/** Smaller files are inflated in one call: a stream for each of ten thousand small files would take minutes. */
const AT_ONCE_BYTES = 1 << 20;

async function* inflateAtOnce(bytes: Uint8Array, entry: ZipEntry): AsyncGenerator<Uint8Array, void, undefined> {
  let inflated: { readonly buffer: Uint8Array; readonly engine: { readonly bytesWritten: number } };
  try {
    // With `info`, the result has this type, which is missing in Node's types. The limit is one byte more than the
    // stated size, which is enough to detect a larger file.
    inflated = inflateRawSync(bytes, { info: true, maxOutputLength: entry.size + 1 }) as unknown as typeof inflated;
  } catch (error) {
    if (isNativeError(error) && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE")
      throw sizeDiffers(entry, `more than ${entry.size}`);
    throw decodingFailed(error, "deflate", entry.dataOffset);
  }
  const { buffer, engine } = inflated;
  yield* verified(buffer.length > 0 ? [buffer] : [], entry, () => engine.bytesWritten);
}

/** A stored file as a source with random access; undefined for a compressed file. */
export function storedSource(source: RandomAccessSource, entry: ZipEntry): RandomAccessSource | undefined {
  return entry.method === "stored" ? sliceSource(source, entry.dataOffset, entry.size) : undefined;
}

/**
 * Passes content on, and throws when its size or CRC is not as the headers state, or when not all of its compressed
 * data was `consumed`.
 */
async function* verified(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  entry: ZipEntry,
  consumed: () => number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let crc = 0;
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.length;
    if (size > entry.size) throw sizeDiffers(entry, `more than ${entry.size}`);
    requireBounded(size, consumed());
    crc = crc32(chunk, crc);
    yield chunk;
  }
  if (size !== entry.size) throw sizeDiffers(entry, `${size}, expected ${entry.size}`);
  if (crc !== entry.crc32) {
    throw new ArchiveError("disagreement", `${quote(entry.path)} has a different CRC than its headers say`);
  }
  const used = consumed();
  if (used === entry.compressedSize) return;
  const message = `${quote(entry.path)}: its compressed data ends after ${countOf(used, "byte")}`;
  throw new ArchiveError("trailing-data", message, entry.dataOffset + used);
}

async function openEntry(
  source: RandomAccessSource,
  central: CentralEntry,
  end: number,
  signal?: AbortSignal,
): Promise<ZipEntry> {
  const { headerOffset } = central;
  if (LENGTH.localHeader > end - headerOffset) throw overlaps(central);
  const fixed = await readExactly(source, headerOffset, LENGTH.localHeader, signal);
  const lengths = new ByteReader(fixed, headerOffset, "a local header");
  lengths.bytes(LENGTH.localHeader - 4);
  const length = LENGTH.localHeader + lengths.u16() + lengths.u16();
  if (length > end - headerOffset) throw overlaps(central);
  const header = await readExactly(source, headerOffset, length, signal);
  requireSameEntry(readLocalHeader(new ByteReader(header, headerOffset, "a local header")), central);
  requirePossibleSizes(central);
  const dataOffset = headerOffset + length;
  const dataEnd = dataOffset + central.compressedSize;
  if (dataEnd > end) throw overlaps(central);
  if ((central.flags & FLAG.dataDescriptor) !== 0) {
    // Read at most one byte more than a descriptor can have, and not the whole gap.
    const bytes = await readExactly(source, dataEnd, Math.min(end - dataEnd, 25), signal);
    requireDescriptor(bytes, dataEnd, central);
  } else if (dataEnd !== end) {
    throw new ArchiveError("trailing-data", `${quote(central.path)} leaves a gap behind it`, dataEnd);
  }
  return { ...central, dataOffset };
}

function overlaps({ path, headerOffset }: CentralEntry): ArchiveError {
  return new ArchiveError("disagreement", `the data of ${quote(path)} reaches into what follows it`, headerOffset);
}

function sizeDiffers({ path }: ZipEntry, what: string): ArchiveError {
  return new ArchiveError("disagreement", `${quote(path)} has ${what} bytes`);
}
