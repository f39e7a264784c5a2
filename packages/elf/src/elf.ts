import { type RandomAccessSource, readExactly } from "@release-actions/archive";
import { ElfError } from "./error.ts";
import { Fields } from "./fields.ts";
import { machineName } from "./machine.ts";

/** The limit for sections. Even the largest object files of `-ffunction-sections` builds have fewer. */
const MAX_SECTIONS = 1_000_000;
/** The limit for a table that is read into memory, such as headers, names, symbols or notes. Code is never read as a whole. */
const MAX_TABLE_BYTES = 512 * 1024 * 1024;

const SHT_NOBITS = 8;

export interface ElfSection {
  readonly index: number;
  readonly name: string;
  /** `sh_type`, such as 1 for PROGBITS; see the gABI. */
  readonly type: number;
  readonly flags: number;
  readonly address: number;
  /** The offset in the file; meaningless if `hasBytes` is false. */
  readonly offset: number;
  /** In bytes. */
  readonly size: number;
  readonly link: number;
  /** Whether it has bytes in the file. False for `.bss` and for sections that `objcopy --only-keep-debug` has emptied. */
  readonly hasBytes: boolean;
}

export interface ElfSegment {
  /** `p_type`, such as 1 for LOAD. */
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  readonly fileSize: number;
  readonly alignment: number;
}

/** The headers of an ELF file. Section contents are read on request. */
export interface ElfFile {
  readonly source: RandomAccessSource;
  readonly wide: boolean;
  readonly little: boolean;
  /** `relocatable`, `executable`, `shared` (also position-independent executables), `core`, or the number. */
  readonly type: string;
  /** `x86-64`, `aarch64`, ... or the number. */
  readonly machine: string;
  readonly sections: readonly ElfSection[];
  readonly segments: readonly ElfSegment[];
}

const TYPES: Readonly<Record<number, string>> = { 1: "relocatable", 2: "executable", 3: "shared", 4: "core" };

/** Whether the first four bytes are those of an ELF file. */
export function isElf(head: Uint8Array): boolean {
  return head[0] === 0x7f && head[1] === 0x45 && head[2] === 0x4c && head[3] === 0x46;
}

/**
 * Reads the headers of an ELF file (gABI, "ELF Header", https://gabi.xinuos.com/elf/02-eheader.html).
 *
 * @throws ElfError for a file that is not ELF, and for headers that point outside the file
 */
export async function readElf(source: RandomAccessSource): Promise<ElfFile> {
  const ident = await readExactly(source, 0, Math.min(64, source.size));
  if (!isElf(ident)) throw new ElfError(`this is not an ELF file: it ${describeOther(ident)}`, 0);
  const [, , , , fileClass, data] = ident;
  if ((fileClass !== 1 && fileClass !== 2) || (data !== 1 && data !== 2)) {
    throw new ElfError(`this is an ELF file of the unknown class ${fileClass} and byte order ${data}`, 4);
  }
  const file = { source, wide: fileClass === 2, little: data === 1 };
  const header = new Fields(ident, file, 0, "the ELF header");
  const at = file.wide ? WIDE : NARROW;
  const type = header.u16(16);
  const sectionTable = { offset: header.word(at.shoff), entry: header.u16(at.shentsize), count: header.u16(at.shnum) };
  const sections = await readSections(file, sectionTable, header.u16(at.shstrndx));
  const segmentTable = { offset: header.word(at.phoff), entry: header.u16(at.phentsize), count: header.u16(at.phnum) };
  const segments = await readSegments(file, segmentTable);
  return {
    ...file,
    type: TYPES[type] ?? String(type),
    machine: machineName(header.u16(18)),
    sections,
    segments,
  };
}

/**
 * Reads the bytes of a section; empty if it has none in the file.
 *
 * @throws ElfError for a section over 512 MiB
 */
export async function readSection(elf: ElfFile, section: ElfSection): Promise<Fields> {
  const size = section.hasBytes ? section.size : 0;
  if (size > MAX_TABLE_BYTES) {
    throw new ElfError(
      `section ${section.name} has ${size} bytes, expected at most ${MAX_TABLE_BYTES}`,
      section.offset,
    );
  }
  const bytes = size === 0 ? new Uint8Array(0) : await readExactly(elf.source, section.offset, size);
  return new Fields(bytes, elf, section.offset, `section ${section.name}`);
}

export function findSection(elf: ElfFile, name: string): ElfSection | undefined {
  return elf.sections.find((section) => section.name === name);
}

/** What is needed to read tables of a file. */
type Readable = Pick<ElfFile, "source" | "wide" | "little">;

interface Table {
  readonly offset: number;
  readonly entry: number;
  readonly count: number;
}

/** Offsets of header fields in 64-bit and 32-bit files. */
const WIDE = { phoff: 32, shoff: 40, phentsize: 54, phnum: 56, shentsize: 58, shnum: 60, shstrndx: 62 } as const;
const NARROW = { phoff: 28, shoff: 32, phentsize: 42, phnum: 44, shentsize: 46, shnum: 48, shstrndx: 50 } as const;

async function readSections(file: Readable, table: Table, namesIndex: number): Promise<ElfSection[]> {
  const { source, wide } = file;
  if (table.offset === 0) return [];
  const first = await readTable(file, { ...table, count: 1 }, wide ? 64 : 40, "section header");
  // With 0xff00 or more sections, the first section header has their number and the index of the names.
  const count = table.count === 0 ? first.word(wide ? 32 : 20) : table.count;
  const names = namesIndex === 0xffff ? first.u32(wide ? 40 : 24) : namesIndex;
  const headers = await readTable(file, { ...table, count }, wide ? 64 : 40, "section header");
  const raw = Array.from({ length: count }, (_none, index) =>
    readSectionHeader(headers, wide, index * table.entry, index),
  );
  for (const section of raw) {
    if (section.hasBytes && section.offset + section.size > source.size) {
      const end = section.offset + section.size;
      throw new ElfError(
        `section ${section.index} ends at ${end} of ${source.size} bytes: the file is cut`,
        table.offset,
      );
    }
  }
  const nameSection = raw[names];
  if (nameSection === undefined || names === 0) return raw;
  if (nameSection.size > MAX_TABLE_BYTES) throw new ElfError("the section names have an impossible size", table.offset);
  const bytes = nameSection.hasBytes
    ? await readExactly(source, nameSection.offset, nameSection.size)
    : new Uint8Array(0);
  const texts = new Fields(bytes, file, nameSection.offset, "the section names");
  return raw.map((section) => ({ ...section, name: texts.text(section.nameOffset) }));
}

function readSectionHeader(headers: Fields, wide: boolean, at: number, index: number) {
  const [flags, address, offset, size, link] = wide ? [8, 16, 24, 32, 40] : [8, 12, 16, 20, 24];
  const type = headers.u32(at + 4);
  return {
    index,
    name: "",
    nameOffset: headers.u32(at),
    type,
    flags: headers.word(at + flags),
    address: headers.word(at + address),
    offset: headers.word(at + offset),
    size: headers.word(at + size),
    link: headers.u32(at + link),
    hasBytes: type !== SHT_NOBITS && type !== 0,
  };
}

async function readSegments(file: Readable, table: Table): Promise<ElfSegment[]> {
  if (table.offset === 0 || table.count === 0) return [];
  const headers = await readTable(file, table, file.wide ? 56 : 32, "program header");
  const [flags, offset, address, fileSize, alignment] = file.wide ? [4, 8, 16, 32, 48] : [24, 4, 8, 16, 28];
  return Array.from({ length: table.count }, (_none, index): ElfSegment => {
    const at = index * table.entry;
    return {
      type: headers.u32(at),
      flags: headers.u32(at + flags),
      offset: headers.word(at + offset),
      address: headers.word(at + address),
      fileSize: headers.word(at + fileSize),
      alignment: headers.word(at + alignment),
    };
  });
}

async function readTable(file: Readable, table: Table, least: number, what: string): Promise<Fields> {
  const { source } = file;
  const { offset, entry, count } = table;
  if (entry < least) throw new ElfError(`a ${what} has ${entry} bytes, expected at least ${least}`, offset);
  if (count > MAX_SECTIONS) throw new ElfError(`it claims ${count} ${what}s, expected at most ${MAX_SECTIONS}`, offset);
  if (offset + entry * count > source.size) {
    throw new ElfError(
      `the ${what}s end at ${offset + entry * count} of ${source.size} bytes: the file is cut`,
      offset,
    );
  }
  return new Fields(await readExactly(source, offset, entry * count), file, offset, `the ${what}s`);
}

function describeOther(head: Uint8Array): string {
  const text = Buffer.from(head.subarray(0, 8)).toString("latin1");
  if (head.length === 0) return "has no bytes";
  if (text.startsWith("MZ")) return "is a PE file (Windows)";
  if (text.startsWith("#!")) return "is a script";
  if (/^(\xcf\xfa\xed\xfe|\xca\xfe\xba\xbe|\xfe\xed\xfa)/.test(text)) return "is a Mach-O file (macOS)";
  return `starts with ${Buffer.from(head.subarray(0, 4)).toString("hex")}`;
}
