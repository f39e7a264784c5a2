import { ArchiveError } from "./error.ts";

/** The block size of a tar, in bytes: a header is one block, and bodies are padded to whole blocks. */
export const BLOCK_BYTES = 512;

/** The largest number that fits into 11 octal digits of ustar: larger ones need PAX or base-256. */
export const MAX_OCTAL = 0o77777777777;

/** One header block, before any preceding extended headers are applied to it. */
export interface TarHeader {
  readonly typeflag: string;
  readonly name: Uint8Array;
  readonly linkName: Uint8Array;
  /** In bytes. */
  readonly size: number;
  readonly mode: number;
}

export interface HeaderOptions {
  /** Accept headers of Version 7, which have no magic: only their checksum distinguishes them from other data. */
  readonly allowV7?: boolean;
}

/**
 * Reads a header block of the ustar interchange format (POSIX.1-2017 pax, "ustar Interchange Format")
 * or of GNU tar. The format of Version 7, which has no magic, is refused unless `allowV7` is set.
 */
export function parseHeader(block: Uint8Array, offset: number, { allowV7 = false }: HeaderOptions = {}): TarHeader {
  const magic = Buffer.from(block.subarray(257, 265)).toString("latin1");
  const isPosix = magic === "ustar\u000000";
  if (!isPosix && magic !== "ustar  \0" && !(allowV7 && isTarHeader(block))) {
    throw new ArchiveError("not-this-format", "there is no tar header where one must be", offset);
  }
  const stored = readNumber(block, 148, 8, "header's checksum", offset);
  const computed = checksum(block);
  if (stored !== computed) {
    throw new ArchiveError(
      "disagreement",
      `the header's checksum is ${computed}, but the header says ${stored}`,
      offset,
    );
  }
  const name = untilNul(block.subarray(0, 100));
  // GNU tar has times where POSIX has the beginning of a long name.
  const prefix = isPosix ? untilNul(block.subarray(345, 500)) : new Uint8Array(0);
  return {
    typeflag: String.fromCharCode(block[156] ?? 0),
    name: prefix.length === 0 ? name : Buffer.concat([prefix, Buffer.from("/"), name]),
    linkName: untilNul(block.subarray(157, 257)),
    size: readNumber(block, 124, 12, "header's size", offset),
    mode: readNumber(block, 100, 8, "header's mode", offset),
  };
}

/** Whether a tar may begin with these bytes: a header block of any version with a valid checksum. */
export function isTarHeader(head: Uint8Array): boolean {
  if (head.length < BLOCK_BYTES || head[0] === 0) return false;
  const block = head.subarray(0, BLOCK_BYTES);
  const field = Buffer.from(block.subarray(148, 156)).toString("latin1");
  return /^ *[0-7]+[ \0]*$/.test(field) && Number.parseInt(field, 8) === checksum(block);
}

/** The sum of all bytes of a header, with the bytes of the checksum field counted as spaces. */
export function checksum(block: Uint8Array): number {
  let sum = 0;
  for (let index = 0; index < BLOCK_BYTES; index += 1) {
    sum += index >= 148 && index < 156 ? 0x20 : (block[index] ?? 0);
  }
  return sum;
}

export function isZeroBlock(block: Uint8Array): boolean {
  return block.every((byte) => byte === 0);
}

/** How many bytes of padding follow a body of `size` bytes, or are missing from an offset to the next block. */
export function paddingAfter(size: number): number {
  return (BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES;
}

/** Reads a number in octal digits, or in GNU's base-256 if the first bit is set. `field` is the name for errors. */
export function readNumber(block: Uint8Array, start: number, length: number, field: string, offset: number): number {
  const bytes = block.subarray(start, start + length);
  const first = bytes[0] ?? 0;
  if ((first & 0x80) !== 0) return readBase256(bytes, field, offset);
  const text = Buffer.from(bytes).toString("latin1");
  const digits = /^ *([0-7]*)[ \0]*$/.exec(text)?.[1];
  if (digits === undefined) {
    throw new ArchiveError("malformed", `the ${field} is not an octal number: ${JSON.stringify(text)}`, offset);
  }
  // 11 digits are 33 bits, so the result is always exact.
  return digits === "" ? 0 : Number.parseInt(digits, 8);
}

function readBase256(bytes: Uint8Array, field: string, offset: number): number {
  const refuse = (what: string): ArchiveError => new ArchiveError("malformed", `the ${field} is ${what}`, offset);
  const [first = 0, ...rest] = bytes;
  if ((first & 0x40) !== 0) throw refuse("negative");
  let value = first & 0x3f;
  for (const byte of rest) {
    value = value * 256 + byte;
    if (value > Number.MAX_SAFE_INTEGER) throw refuse("larger than 2^53");
  }
  return value;
}

/** The bytes of a field up to its first NUL. */
export function untilNul(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(0);
  return end === -1 ? bytes : bytes.subarray(0, end);
}
