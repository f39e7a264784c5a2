import { formatBytes } from "@release-actions/report";
import type { ByteReader } from "./byte-reader.ts";
import { architectureName, SUBTYPE_MASK } from "./cpu.ts";
import { MAX_FAT_ARCHES } from "./limits.ts";

const FAT_MAGIC = 0xcafebabe;
const FAT_MAGIC_64 = 0xcafebabf;

export interface FatArchitecture {
  readonly name: string;
  readonly cpuType: number;
  readonly cpuSubtype: number;
  readonly offset: number;
  readonly size: number;
  /** The alignment of the offset, as a power of 2. */
  readonly align: number;
  /** The offset of its `fat_arch` entry. */
  readonly entryOffset: number;
}

export function isFatMagic(magic: number): boolean {
  return magic === FAT_MAGIC || magic === FAT_MAGIC_64;
}

/**
 * Reads `fat_header` and its `fat_arch[_64]` entries (mach-o/fat.h).
 *
 * @throws MachoError, also for slices that overlap or repeat
 */
export function readFatArchitectures(reader: ByteReader): FatArchitecture[] {
  const wide = reader.u32(0) === FAT_MAGIC_64;
  const count = reader.u32(4);
  if (count === 0) throw reader.error("it lists no architecture", 4);
  if (count > MAX_FAT_ARCHES) {
    throw reader.error(`it lists ${count} architectures; a Java class file has the same magic and looks like this`, 4);
  }
  const entrySize = wide ? 32 : 20;
  const architectures: FatArchitecture[] = [];
  for (let index = 0; index < count; index += 1) {
    const at = 8 + index * entrySize;
    const cpuType = reader.u32(at);
    const cpuSubtype = reader.u32(at + 4) & SUBTYPE_MASK;
    const name = architectureName(cpuType, cpuSubtype);
    const offset = wide ? reader.u64(at + 8) : reader.u32(at + 8);
    const size = wide ? reader.u64(at + 16) : reader.u32(at + 12);
    if (size === 0 || offset + size > reader.length) {
      throw reader.error(`${name} takes bytes ${offset} to ${offset + size} of a file of ${reader.length}`, at);
    }
    if (offset < 8 + count * entrySize) throw reader.error(`${name} starts inside the header, at ${offset}`, at);
    for (const other of architectures) {
      if (other.cpuType === cpuType && other.cpuSubtype === cpuSubtype)
        throw reader.error(`it lists ${name} twice`, at);
      if (offset < other.offset + other.size && other.offset < offset + size) {
        throw reader.error(`${name} and ${other.name} overlap`, at);
      }
    }
    const align = reader.u32(at + (wide ? 24 : 16));
    architectures.push({ name, cpuType, cpuSubtype, offset, size, align, entryOffset: at });
  }
  return architectures;
}

/** `MAXSECTALIGN` of mach-o/fat.h: the largest alignment of a slice is 2^15. */
const MAX_ALIGN = 15;

/**
 * Finds bytes of a fat file that belong to no architecture and make Apple's strict validation (the Security framework,
 * machO++.cpp, `Universal`) refuse it: bytes after the last architecture, non-zero bytes between two, or more bytes
 * between two than the alignment needs. `undefined` when there are none.
 */
export function findForeignBytes(reader: ByteReader, architectures: readonly FatArchitecture[]): string | undefined {
  const sorted = [...architectures].sort((a, b) => a.offset - b.offset);
  const headerEnd = 8 + architectures.length * (reader.u32(0) === FAT_MAGIC_64 ? 32 : 20);
  let end = headerEnd;
  for (const { name, offset, size, align } of sorted) {
    const gap = reader.slice(end, offset - end);
    if (end !== headerEnd && (align > MAX_ALIGN || gap.length >= 2 ** align))
      return `${gap.length} bytes before its architecture ${name}, more than the alignment asks for`;
    if (gap.some((byte) => byte !== 0)) return `bytes before its architecture ${name} that are not zero`;
    end = offset + size;
  }
  return end < reader.length ? `${formatBytes(reader.length - end)} after its last architecture` : undefined;
}
