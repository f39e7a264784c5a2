import { Buffer } from "node:buffer";
import type { Cursor } from "./cursor.ts";
import { ArchiveError } from "./error.ts";
import { BLOCK_BYTES } from "./tar-header.ts";

/** A piece of a sparse file that is there; what lies between two of them is zeros. Both in bytes. */
export interface SparsePiece {
  readonly offset: number;
  readonly length: number;
}

export interface SparseMap {
  readonly pieces: readonly SparsePiece[];
  /** Of the file as it is read, in bytes. */
  readonly realSize: number;
}

const MAX_PIECES = 1_000_000;
const ZEROS = new Uint8Array(64 * 1024);

/**
 * The map of an old GNU sparse member (GNU tar manual, "Old GNU Format"): four pieces in its header, 21 in each block
 * that follows. Reads those blocks from the cursor.
 */
export async function readGnuSparse(header: Uint8Array, cursor: Cursor): Promise<SparseMap> {
  const pieces: SparsePiece[] = [];
  const take = (block: Uint8Array, from: number, count: number): void => {
    for (let at = from; at < from + count * 24; at += 24) {
      if (block[at] !== 0) pieces.push({ offset: octal(block, at), length: octal(block, at + 12) });
    }
  };
  take(header, 386, 4);
  const realSize = octal(header, 483);
  for (let isMore = header[482] === 1; isMore; ) {
    const block = await cursor.take(BLOCK_BYTES);
    if (block.length < BLOCK_BYTES || pieces.length > MAX_PIECES) throw broken(cursor.position);
    take(block, 0, 21);
    isMore = block[504] === 1;
  }
  return checked({ pieces, realSize }, cursor.position);
}

/**
 * The map of a sparse member in PAX headers (GNU tar manual, "PAX Format, Versions 0.0, 0.1 and 1.0"), or undefined.
 * Version 1.0 has it before the body, from where it is read.
 */
export async function readPaxSparse(
  records: readonly (readonly [string, string])[],
  cursor: Cursor,
): Promise<(SparseMap & { readonly mapBytes: number }) | undefined> {
  const last = new Map(records);
  if (![...last.keys()].some((key) => key.startsWith("GNU.sparse."))) return undefined;
  const realSize = Number(last.get("GNU.sparse.realsize") ?? last.get("GNU.sparse.size") ?? Number.NaN);
  if (last.get("GNU.sparse.major") === "1") {
    const { numbers, bytes } = await readMapBlocks(cursor);
    return { ...checked({ pieces: pairs(numbers), realSize }, cursor.position), mapBytes: bytes };
  }
  const listed = last.get("GNU.sparse.map")?.split(",").map(Number);
  const repeated = records.flatMap(([key, value]) =>
    /^GNU\.sparse\.(offset|numbytes)$/.test(key) ? [Number(value)] : [],
  );
  return { ...checked({ pieces: pairs(listed ?? repeated), realSize }, cursor.position), mapBytes: 0 };
}

/** The whole content of a sparse file, of whose pieces `body` is the bytes. */
export async function* expandSparse(
  { pieces, realSize }: SparseMap,
  cursor: Cursor,
): AsyncGenerator<Uint8Array, void, undefined> {
  let at = 0;
  for (const { offset, length } of pieces) {
    yield* zeros(offset - at);
    yield* cursor.stream(length);
    at = offset + length;
  }
  yield* zeros(realSize - at);
}

function* zeros(count: number): Generator<Uint8Array> {
  for (let left = count; left > 0; left -= ZEROS.length) yield ZEROS.subarray(0, Math.min(left, ZEROS.length));
}

/** Version 1.0: the count of pieces, then offset and length of each, a decimal number a line, padded to whole blocks. */
async function readMapBlocks(cursor: Cursor): Promise<{ numbers: number[]; bytes: number }> {
  const numbers: number[] = [];
  let [count, rest, bytes]: [number | undefined, string, number] = [undefined, "", 0];
  for (;;) {
    const block = await cursor.take(BLOCK_BYTES);
    bytes += BLOCK_BYTES;
    if (block.length < BLOCK_BYTES || bytes > MAX_PIECES * 16) throw broken(cursor.position);
    const lines = `${rest}${Buffer.from(block).toString("latin1")}`.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (count === undefined) count = line === "" ? Number.NaN : Number(line);
      else numbers.push(Number(line));
    }
    if (Number.isNaN(count) || (count ?? 0) > MAX_PIECES || rest.length > BLOCK_BYTES) throw broken(cursor.position);
    if (count !== undefined && numbers.length >= count * 2) return { numbers: numbers.slice(0, count * 2), bytes };
  }
}

function pairs(numbers: readonly number[]): SparsePiece[] {
  return Array.from({ length: Math.ceil(numbers.length / 2) }, (_, index) => ({
    offset: numbers[index * 2] ?? Number.NaN,
    length: numbers[index * 2 + 1] ?? Number.NaN,
  }));
}

function checked(map: SparseMap, offset: number): SparseMap {
  let end = 0;
  for (const piece of map.pieces) {
    if (!Number.isSafeInteger(piece.offset) || !Number.isSafeInteger(piece.length)) throw broken(offset);
    if (piece.offset < end || piece.length < 0) throw broken(offset);
    end = piece.offset + piece.length;
  }
  if (!Number.isSafeInteger(map.realSize) || map.realSize < end || map.pieces.length > MAX_PIECES) throw broken(offset);
  return map;
}

function octal(block: Uint8Array, start: number): number {
  const bytes = block.subarray(start, start + 12);
  if (((bytes[0] ?? 0) & 0x80) === 0) {
    const text = Buffer.from(bytes)
      .toString("latin1")
      .replace(/[\0 ]+$/, "")
      .trim();
    return text === "" ? 0 : /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : Number.NaN;
  }
  return bytes.subarray(1).reduce((sum, byte) => sum * 256 + byte, (bytes[0] ?? 0) & 0x3f);
}

function broken(offset: number): ArchiveError {
  return new ArchiveError("malformed", "the map of a sparse member is broken", offset);
}
