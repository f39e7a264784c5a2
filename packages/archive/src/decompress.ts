import { decompressBzip2 } from "./bzip2.ts";
import { StreamCursor } from "./cursor.ts";
import { decodeFrom, type Encoding } from "./decode.ts";
import { ArchiveError } from "./error.ts";
import { detectFormat } from "./format.ts";
import { type Bounds, requireBounded } from "./ratio.ts";
import { decompressXz } from "./xz.ts";

/** The supported compression formats. */
export type Compression = "gzip" | "zstd" | "xz" | "bzip2";

/** Decompresses a whole stream of any of these formats, with the same limits as `decompress`. */
export function decompressAny(
  bytes: AsyncIterable<Uint8Array>,
  format: Compression,
  bounds: Bounds = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  if (format === "xz") return decompressXz(bytes, bounds);
  return format === "bzip2" ? decompressBzip2(bytes, bounds) : decompress(bytes, format, bounds);
}

/** Decompresses an entry of a zip by the name of its method; undefined for an unsupported method. */
export function decompressRaw(bytes: AsyncIterable<Uint8Array>, method: string): AsyncIterable<Uint8Array> | undefined {
  if (method === "stored") return bytes;
  if (method === "deflate") return decompress(bytes, method);
  return method === "zstd" || method === "xz" || method === "bzip2" ? decompressAny(bytes, method) : undefined;
}

/**
 * Decompresses a whole stream: one gzip or zstd member after the other, with nothing between or after
 * them, or raw data of deflate, whatever follows it. Limits the size of the output, and its ratio to the input.
 */
export async function* decompress(
  bytes: AsyncIterable<Uint8Array>,
  format: Encoding,
  bounds: Bounds = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const cursor = new StreamCursor(bytes);
  let produced = 0;
  try {
    while (await hasAnother(cursor, format)) {
      for await (const chunk of decodeFrom(cursor, format)) {
        produced += chunk.length;
        requireBounded(produced, cursor.position, bounds);
        yield chunk;
      }
    }
  } finally {
    await cursor.close();
  }
}

/** Whether another member begins here. Throws for an empty stream, and for other data after a member. */
async function hasAnother(cursor: StreamCursor, format: Encoding): Promise<boolean> {
  if (format === "deflate") return cursor.position === 0; // It has no header to recognize.
  const next = await cursor.take(4);
  const isFirst = cursor.position === next.length;
  if (next.length === 0 && !isFirst) return false;
  cursor.unread(next);
  if (detectFormat(next) === format) return true;
  if (isFirst) throw new ArchiveError("not-this-format", `this is not ${format} data`, 0);
  // zstd lets frames without content follow (RFC 8878, 3.1.2); a decoder passes over them.
  if (format === "zstd" && isSkippableFrame(next)) return true;
  throw new ArchiveError("trailing-data", `something else follows the ${format} data`, cursor.position);
}

function isSkippableFrame(head: Uint8Array): boolean {
  const [first = 0, ...rest] = head;
  return (first & 0xf0) === 0x50 && Buffer.from([0x2a, 0x4d, 0x18]).equals(Buffer.from(rest));
}
