import { inflateSync, zstdDecompressSync } from "node:zlib";
import { readExactly } from "@release-actions/archive";
import { type ElfFile, type ElfSection, readSection } from "./elf.ts";
import { ElfError } from "./error.ts";

const SHF_COMPRESSED = 0x800;
const ELFCOMPRESS_ZLIB = 1;
const ELFCOMPRESS_ZSTD = 2;
/** The header of GNU's older form of compressed sections: a magic number and the size. */
const ZDEBUG_HEADER_BYTES = 12;
/** The largest size of an unpacked section. */
const MAX_UNPACKED_BYTES = 2 ** 30;
const MAX_STRING_BYTES = 4096;

/** A debug section. It is read piece by piece unless it is compressed. */
export interface DebugSection {
  readonly size: number;
  /** Reads up to `length` bytes from an offset, fewer at the end of the section. */
  read(offset: number, length: number): Promise<Buffer>;
  /** Reads the text at an offset, up to a NUL. */
  text(offset: number): Promise<string>;
}

/**
 * Opens the section `.debug_<name>`, which may be compressed (gABI, "Compressed Sections"). Returns undefined if there
 * is none.
 */
export async function openDebugSection(elf: ElfFile, name: string): Promise<DebugSection | undefined> {
  const found = elf.sections.find(
    (section) => section.hasBytes && /^\.z?debug_/.test(section.name) && section.name.endsWith(`debug_${name}`),
  );
  if (found === undefined) return undefined;
  const unpacked = await unpack(elf, found);
  const size = unpacked?.length ?? found.size;
  const read = async (offset: number, length: number): Promise<Buffer> => {
    const wanted = Math.max(0, Math.min(length, size - offset));
    if (wanted === 0) return Buffer.alloc(0);
    if (unpacked !== undefined) return unpacked.subarray(offset, offset + wanted);
    return Buffer.from(await readExactly(elf.source, found.offset + offset, wanted));
  };
  const text = async (offset: number): Promise<string> => {
    const bytes = await read(offset, MAX_STRING_BYTES);
    const end = bytes.indexOf(0);
    return bytes.toString("utf8", 0, end < 0 ? bytes.length : end);
  };
  return { size, read, text };
}

async function unpack(elf: ElfFile, section: ElfSection): Promise<Buffer | undefined> {
  const isOld = section.name.startsWith(".zdebug_");
  if (!isOld && (section.flags & SHF_COMPRESSED) === 0) return undefined;
  const fields = await readSection(elf, section);
  const limit = { maxOutputLength: MAX_UNPACKED_BYTES };
  try {
    if (isOld) return inflateSync(fields.bytes.subarray(ZDEBUG_HEADER_BYTES), limit);
    const packed = fields.bytes.subarray(elf.wide ? 24 : 12);
    const type = fields.u32(0);
    if (type === ELFCOMPRESS_ZLIB) return inflateSync(packed, limit);
    if (type === ELFCOMPRESS_ZSTD) return zstdDecompressSync(packed, limit);
    throw new ElfError(`section ${section.name} is compressed by the unknown method ${type}`, section.offset);
  } catch (error) {
    if (error instanceof ElfError) throw error;
    throw new ElfError(`section ${section.name} cannot be unpacked: ${String(error)}`, section.offset);
  }
}
