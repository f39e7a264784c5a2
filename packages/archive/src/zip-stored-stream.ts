import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";
import { ByteReader } from "./byte-reader.ts";
import type { StreamCursor } from "./cursor.ts";
import { ArchiveError } from "./error.ts";
import { SIGNATURE } from "./zip-format.ts";

/** The size and CRC of an entry's content so far. */
export class Measured {
  crc32 = 0;
  /** In bytes. */
  size = 0;

  add(chunk: Uint8Array): void {
    this.crc32 = crc32(chunk, this.crc32);
    this.size += chunk.length;
  }
}

const SIGNATURE_BYTES = Buffer.from([0x50, 0x4b, 0x07, 0x08]);
/** The length of a descriptor with 64-bit sizes, plus the signature of the next record. */
const LOOKAHEAD_BYTES = 24 + 4;
const READ_BYTES = 256 * 1024;

/**
 * Reads stored data of unknown length, and the data descriptor after it. A descriptor is recognized by its signature,
 * by the CRC and length of all data before it, and by a header right after it. Data that imitates all of this ends too
 * early here, which the check against the central directory detects.
 */
export async function* readStoredToDescriptor(
  cursor: StreamCursor,
  measured: Measured,
): AsyncGenerator<Uint8Array, void, undefined> {
  let held: Buffer = Buffer.alloc(0);
  for (;;) {
    const found = held.indexOf(SIGNATURE_BYTES);
    // Hold back the last three bytes: they may be the beginning of a signature.
    const end = found === -1 ? Math.max(0, held.length - 3) : found;
    if (end > 0) {
      measured.add(held.subarray(0, end));
      yield held.subarray(0, end);
      held = held.subarray(end);
    }
    if (found === -1) {
      const more = await cursor.some(READ_BYTES);
      if (more === undefined) {
        throw new ArchiveError("cut", "the zip ends before the data descriptor of a stored file", cursor.position);
      }
      held = held.length === 0 ? Buffer.from(more.buffer, more.byteOffset, more.length) : Buffer.concat([held, more]);
      continue;
    }
    if (held.length < LOOKAHEAD_BYTES) {
      held = Buffer.concat([held, await cursor.take(LOOKAHEAD_BYTES - held.length)]);
    }
    const length = descriptorLength(held, measured, measured.size);
    if (length !== undefined) {
      cursor.unread(held.subarray(length));
      return;
    }
    measured.add(held.subarray(0, 1));
    yield held.subarray(0, 1);
    held = held.subarray(1);
  }
}

/** Reads the descriptor (4.3.9) after compressed data, whose end is known. */
export async function readDescriptor(cursor: StreamCursor, measured: Measured, compressedSize: number): Promise<void> {
  const offset = cursor.position;
  const bytes = Buffer.from(await cursor.take(LOOKAHEAD_BYTES));
  const length = descriptorLength(bytes, measured, compressedSize);
  if (length === undefined) {
    throw new ArchiveError("disagreement", "no data descriptor with the CRC and sizes of the data follows it", offset);
  }
  cursor.unread(bytes.subarray(length));
}

/** The length of the descriptor at the start of `bytes`, in bytes, if there is one for this content. */
function descriptorLength(bytes: Buffer, measured: Measured, compressedSize: number): number | undefined {
  for (const length of [16, 24]) {
    if (bytes.length < length + 4) continue;
    const reader = new ByteReader(bytes, 0, "a data descriptor");
    const isDescriptor = reader.u32() === SIGNATURE.dataDescriptor && reader.u32() === measured.crc32;
    if (!isDescriptor) return undefined;
    const sizes = length === 16 ? [reader.u32(), reader.u32()] : [readU64(reader), readU64(reader)];
    const next = reader.u32();
    const isFollowed = next === SIGNATURE.localHeader || next === SIGNATURE.centralHeader;
    if (sizes[0] === compressedSize && sizes[1] === measured.size && isFollowed) return length;
  }
  return undefined;
}

/** Reads a 64-bit number. One that is too large to be exact differs from every measured size. */
function readU64(reader: ByteReader): number {
  return reader.u32() + reader.u32() * 2 ** 32;
}
