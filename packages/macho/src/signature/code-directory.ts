import { createHash } from "node:crypto";
import type { ByteReader } from "../byte-reader.ts";
import { MAX_STRING_BYTES } from "../limits.ts";

/** Flags of `CodeDirectory.flags` (xnu, cs_blobs.h), by the names that `codesign -d` prints. */
export const SIGNATURE_FLAGS = {
  host: 0x1,
  adhoc: 0x2,
  hard: 0x100,
  kill: 0x200,
  expires: 0x400,
  restrict: 0x800,
  enforcement: 0x1000,
  "library-validation": 0x2000,
  runtime: 0x10000,
  "linker-signed": 0x20000,
} as const;

export type SignatureFlag = keyof typeof SIGNATURE_FLAGS;

const HASHES = {
  1: { name: "sha1", algorithm: "sha1", size: 20 },
  2: { name: "sha256", algorithm: "sha256", size: 32 },
  3: { name: "sha256-truncated", algorithm: "sha256", size: 20 },
  4: { name: "sha384", algorithm: "sha384", size: 48 },
  5: { name: "sha512", algorithm: "sha512", size: 64 },
} as const;

export type HashType = (typeof HASHES)[keyof typeof HASHES];

/** The size of a cdhash, whatever the hash algorithm. */
const CDHASH_BYTES = 20;

/** The first version that has each field. */
const VERSION = { scatter: 0x20100, team: 0x20200, limit64: 0x20300, execSegment: 0x20400, runtime: 0x20500 } as const;

export interface CodeDirectory {
  readonly flags: number;
  readonly identifier: string;
  readonly teamId: string | undefined;
  readonly hash: HashType;
  /** The size of a page in bytes; 0 means one hash over the whole code. */
  readonly pageSize: number;
  /** The number of bytes of the image that the page hashes cover. */
  readonly codeLimit: number;
  readonly pageHashes: readonly Uint8Array[];
  /** The hashes of special slots by number (1, 2, 3, ...), without unused slots, whose hash is all zeros. */
  readonly specialHashes: ReadonlyMap<number, Uint8Array>;
  /** Twenty bytes in hex, by which notarization tickets identify the code. */
  readonly cdhash: string;
  /** The whole blob, which is the content that the CMS signs. */
  readonly bytes: Uint8Array;
}

export function hasFlag(directory: CodeDirectory, flag: SignatureFlag): boolean {
  return (directory.flags & SIGNATURE_FLAGS[flag]) !== 0;
}

/**
 * Reads any version of `CS_CodeDirectory` (xnu, osfmk/kern/cs_blobs.h).
 *
 * @throws MachoError
 */
export function readCodeDirectory(blob: ByteReader): CodeDirectory {
  const version = blob.u32(8);
  const hash = readHashType(blob);
  if (version >= VERSION.scatter && blob.u32(44) !== 0) {
    throw blob.error("it uses scatter vectors, which no macOS program has", 44);
  }
  // These fields are not used, but a directory that ends before them is damaged.
  if (version >= VERSION.execSegment) blob.slice(64, 24);
  if (version >= VERSION.runtime) blob.slice(88, 8);
  const codeLimit64 = version >= VERSION.limit64 ? blob.u64(56) : 0;
  const teamOffset = version >= VERSION.team ? blob.u32(48) : 0;
  const pageShift = blob.u8(39);
  if (pageShift > 30) throw blob.error(`a page of 2^${pageShift} bytes`, 39);

  return {
    flags: blob.u32(12),
    identifier: blob.terminated(blob.u32(20), MAX_STRING_BYTES),
    teamId: teamOffset === 0 ? undefined : blob.terminated(teamOffset, MAX_STRING_BYTES),
    hash,
    pageSize: pageShift === 0 ? 0 : 2 ** pageShift,
    codeLimit: codeLimit64 === 0 ? blob.u32(32) : codeLimit64,
    pageHashes: readHashes(blob, blob.u32(28), hash.size),
    specialHashes: readSpecialHashes(blob, blob.u32(24), hash.size),
    cdhash: createHash(hash.algorithm)
      .update(blob.bytes)
      .digest("hex")
      .slice(0, CDHASH_BYTES * 2),
    bytes: blob.bytes,
  };
}

function readHashType(blob: ByteReader): HashType {
  const type = blob.u8(37);
  if (type !== 1 && type !== 2 && type !== 3 && type !== 4 && type !== 5) {
    throw blob.error(`the hash type ${type} is unknown`, 37);
  }
  const hash = HASHES[type];
  const size = blob.u8(36);
  if (size !== hash.size) throw blob.error(`${hash.name} takes ${hash.size} bytes, not ${size}`, 36);
  return hash;
}

/** Reads hashes. The range is checked first as a whole, so that a huge count does not allocate memory. */
function readHashes(blob: ByteReader, count: number, size: number): Uint8Array[] {
  const all = blob.slice(blob.u32(16), count * size);
  return Array.from({ length: count }, (_, index) => all.subarray(index * size, (index + 1) * size));
}

/**
 * Reads the hashes of special slots. These are before the page hashes in reverse order (slots are negative indexes), so
 * slot 1 comes last.
 */
function readSpecialHashes(blob: ByteReader, count: number, size: number): Map<number, Uint8Array> {
  const end = blob.u32(16);
  const all = blob.slice(end - count * size, count * size);
  const hashes = new Map<number, Uint8Array>();
  for (let slot = 1; slot <= count; slot += 1) {
    const at = (count - slot) * size;
    const hash = all.subarray(at, at + size);
    if (hash.some((byte) => byte !== 0)) hashes.set(slot, hash);
  }
  return hashes;
}
