import { Buffer } from "node:buffer";
import type { Cursor } from "./cursor.ts";
import { ArchiveError } from "./error.ts";
import { BLOCK_BYTES, readNumber } from "./tar-header.ts";
import { paxNumber } from "./tar-pax.ts";

/** A stored piece of a sparse file, in bytes. Between pieces the file has zeros. */
export interface SparsePiece {
  readonly offset: number;
  readonly length: number;
}

export interface SparseMap {
  readonly pieces: readonly SparsePiece[];
  /** The size of the whole file, including its holes, in bytes. */
  readonly realSize: number;
}

const MAX_PIECES = 1_000_000;
const ZEROS = new Uint8Array(64 * 1024);

/**
 * Reads the map of an old GNU sparse member (GNU tar manual, "Old GNU Format"): four pieces are in its header, and 21
 * in each following block, which is read from the cursor.
 */
export async function readGnuSparse(header: Uint8Array, cursor: Cursor): Promise<SparseMap> {
  const pieces: SparsePiece[] = [];
  const number = (block: Uint8Array, at: number): number =>
    readNumber(block, at, 12, "map of a sparse member", cursor.position);
  const take = (block: Uint8Array, from: number, count: number): void => {
    for (let at = from; at < from + count * 24 && block[at] !== 0; at += 24) {
      pieces.push({ offset: number(block, at), length: number(block, at + 12) });
    }
  };
  take(header, 386, 4);
  const realSize = number(header, 483);
  // Like GNU tar, treat any value other than 0 as true.
  for (let isMore = header[482] !== 0; isMore; ) {
    const block = await cursor.take(BLOCK_BYTES);
    if (block.length < BLOCK_BYTES || pieces.length > MAX_PIECES) throw broken(cursor.position);
    take(block, 0, 21);
    isMore = block[504] !== 0;
  }
  return checked({ pieces, realSize }, cursor.position);
}

/**
 * Reads the map of a sparse member from PAX records (GNU tar manual, "PAX Format, Versions 0.0, 0.1 and 1.0");
 * undefined without one. In version 1.0 the map is at the beginning of the body, which has `stored` bytes.
 */
export async function readPaxSparse(
  records: readonly (readonly [string, string])[],
  stored: number,
  cursor: Cursor,
): Promise<SparseMap | undefined> {
  const last = new Map(records);
  const realSize = paxNumber(last.get("GNU.sparse.realsize") ?? last.get("GNU.sparse.size"));
  if (last.get("GNU.sparse.major") === "1") {
    return checked({ pieces: pairs(await readMapBlocks(stored, cursor)), realSize }, cursor.position);
  }
  const repeated = records.flatMap(([key, value]) => (/^GNU\.sparse\.(offset|numbytes)$/.test(key) ? [value] : []));
  const numbers = last.get("GNU.sparse.map")?.split(",") ?? repeated;
  if (numbers.length === 0) return undefined;
  return checked({ pieces: pairs(numbers.map(paxNumber)), realSize }, cursor.position);
}

/** The whole content of a sparse file. Its pieces are the next `stored` bytes of the cursor. */
export async function* expandSparse(
  { pieces, realSize }: SparseMap,
  stored: number,
  cursor: Cursor,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (pieces.reduce((sum, { length }) => sum + length, 0) !== stored) throw broken(cursor.position);
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

/** Version 1.0: the number of pieces, then the offset and length of each, one decimal per line, padded to blocks. */
async function readMapBlocks(stored: number, cursor: Cursor): Promise<number[]> {
  const numbers: number[] = [];
  let rest = "";
  for (let bytes = BLOCK_BYTES; bytes <= stored; bytes += BLOCK_BYTES) {
    const block = await cursor.take(BLOCK_BYTES);
    const lines = `${rest}${Buffer.from(block).toString("latin1")}`.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) numbers.push(paxNumber(line));
    const [count = Number.NaN] = numbers;
    if (!(count <= MAX_PIECES) || block.length < BLOCK_BYTES) break;
    if (numbers.length > count * 2) return numbers.slice(1, 1 + count * 2);
  }
  throw broken(cursor.position);
}

function pairs(numbers: readonly number[]): SparsePiece[] {
  return Array.from({ length: Math.ceil(numbers.length / 2) }, (_, index) => ({
    offset: numbers[index * 2] ?? Number.NaN,
    length: numbers[index * 2 + 1] ?? Number.NaN,
  }));
}

/** Checks that pieces do not overlap and end within the file. The comparisons also fail for NaN. */
function checked(map: SparseMap, offset: number): SparseMap {
  let end = 0;
  for (const piece of map.pieces) {
    if (!(piece.offset >= end)) throw broken(offset);
    end = piece.offset + piece.length;
  }
  if (!(end <= map.realSize)) throw broken(offset);
  return map;
}

function broken(offset: number): ArchiveError {
  return new ArchiveError("malformed", "the map of a sparse member is broken", offset);
}
