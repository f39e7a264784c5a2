import type { ByteReader } from "./byte-reader.ts";
import { architectureName } from "./cpu.ts";
import { MAX_FAT_ARCHES } from "./limits.ts";

const FAT_MAGIC = 0xcafebabe;
const FAT_MAGIC_64 = 0xcafebabf;

export interface FatArchitecture {
  readonly name: string;
  readonly cpuType: number;
  readonly offset: number;
  readonly size: number;
  /** Where its `fat_arch` lies. */
  readonly entryOffset: number;
}

export function isFatMagic(magic: number): boolean {
  return magic === FAT_MAGIC || magic === FAT_MAGIC_64;
}

/** Reads `fat_header` and its `fat_arch[_64]` entries (mach-o/fat.h); slices must not overlap or repeat. */
export function readFatArchitectures(reader: ByteReader): { kind: "fat" | "fat64"; architectures: FatArchitecture[] } {
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
    const name = architectureName(cpuType, reader.u32(at + 4));
    const offset = wide ? reader.u64(at + 8) : reader.u32(at + 8);
    const size = wide ? reader.u64(at + 16) : reader.u32(at + 12);
    if (size === 0 || offset + size > reader.length) {
      throw reader.error(`${name} takes bytes ${offset} to ${offset + size} of a file of ${reader.length}`, at);
    }
    if (offset < 8 + count * entrySize) throw reader.error(`${name} starts inside the header, at ${offset}`, at);
    for (const other of architectures) {
      if (other.name === name) throw reader.error(`it lists ${name} twice`, at);
      if (offset < other.offset + other.size && other.offset < offset + size) {
        throw reader.error(`${name} and ${other.name} overlap`, at);
      }
    }
    architectures.push({ name, cpuType, offset, size, entryOffset: at });
  }
  return { kind: wide ? "fat64" : "fat", architectures };
}
