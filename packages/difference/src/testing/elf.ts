/** A section of a crafted ELF file. It has no bytes in the file if its type is NOBITS (8). */
export interface CraftedSection {
  readonly name: string;
  readonly bytes: Uint8Array | string;
  /** Default: PROGBITS. */
  readonly type?: number;
  readonly flags?: number;
  readonly address?: number;
  /** The name of the section that `sh_link` points to. */
  readonly link?: string;
}

export interface CraftedSegment {
  readonly type: number;
  readonly flags?: number;
  readonly alignment?: number;
  /** The name of the section that it covers. */
  readonly of?: string;
}

export interface CraftedElf {
  readonly wide?: boolean;
  readonly little?: boolean;
  readonly type?: number;
  readonly machine?: number;
  readonly entry?: number;
  readonly sections?: readonly CraftedSection[];
  readonly segments?: readonly CraftedSegment[];
}

export const PT_LOAD = 1;
export const PT_DYNAMIC = 2;
export const PT_INTERP = 3;
export const PT_GNU_STACK = 0x6474e551;
export const PT_GNU_RELRO = 0x6474e552;
export const SHF_EXECINSTR = 4;
export const SHT_SYMTAB = 2;
export const SHT_NOTE = 7;
export const SHT_NOBITS = 8;

/** An ELF file, by default a shared object for x86-64 (gABI, "ELF Header", "Sections", "Program Header"). */
export function elf(parts: CraftedElf = {}): Buffer {
  const { wide = true, little = true, type = 3, machine = 62, entry = 0, sections = [], segments = [] } = parts;
  const word = wide ? 8 : 4;
  const number = (value: number, size: number): Buffer => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt(value));
    const field = Buffer.from(bytes.subarray(0, size));
    return little ? field : field.reverse();
  };
  const all: readonly CraftedSection[] = [
    { name: "", bytes: "", type: 0 },
    ...sections,
    { name: ".shstrtab", bytes: namesOf(sections), type: 3 },
  ];
  const headerSize = wide ? 64 : 52;
  const segmentSize = wide ? 56 : 32;
  let at = headerSize + segmentSize * segments.length;
  const placed = all.map((section) => {
    const bytes = Buffer.from(section.bytes);
    const offset = at;
    if (section.type !== SHT_NOBITS) at += bytes.length;
    return { section, offset, size: bytes.length, stored: section.type === SHT_NOBITS ? Buffer.alloc(0) : bytes };
  });
  const header = Buffer.concat([
    Buffer.from([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, little ? 1 : 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    ...[number(type, 2), number(machine, 2), number(1, 4), number(entry, word)],
    ...[number(segments.length === 0 ? 0 : headerSize, word), number(at, word), number(0, 4)],
    ...[headerSize, segmentSize, segments.length, wide ? 64 : 40, all.length, all.length - 1].map((field) =>
      number(field, 2),
    ),
  ]);
  const programHeaders = segments.map(({ type: kind, flags = 4, alignment = 0, of }) => {
    const covered = placed.find(({ section }) => section.name === of);
    const [offset, size] = [covered?.offset ?? 0, covered?.size ?? 0];
    const rest = [offset, 0, 0, size, size].map((field) => number(field, word));
    return wide
      ? Buffer.concat([number(kind, 4), number(flags, 4), ...rest, number(alignment, word)])
      : Buffer.concat([number(kind, 4), ...rest, number(flags, 4), number(alignment, 4)]);
  });
  const names = Buffer.from(namesOf(sections));
  const sectionHeaders = placed.map(({ section, offset, size }) => {
    const { name, type: kind = 1, flags = 0, address = 0, link } = section;
    const linked = all.findIndex((other) => link !== undefined && other.name === link);
    const nameOffset = Math.max(0, names.indexOf(`\0${name}\0`) + 1);
    const fields = [
      number(nameOffset, 4),
      number(kind, 4),
      ...[flags, address, offset, size].map((f) => number(f, word)),
    ];
    return Buffer.concat([...fields, number(Math.max(0, linked), 4), number(0, 4), number(1, word), number(0, word)]);
  });
  return Buffer.concat([header, ...programHeaders, ...placed.map(({ stored }) => stored), ...sectionHeaders]);
}

function namesOf(sections: readonly CraftedSection[]): string {
  return ["", ...sections.map(({ name }) => name), ".shstrtab", ""].join("\0");
}

/** A note section (gABI, "Note Section"). */
export function note(name: string, owner: string, type: number, description: Uint8Array): CraftedSection {
  const padded = (bytes: Uint8Array): Buffer => Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
  const ownerBytes = Buffer.from(`${owner}\0`);
  const head = Buffer.alloc(12);
  head.writeUInt32LE(ownerBytes.length, 0);
  head.writeUInt32LE(description.length, 4);
  head.writeUInt32LE(type, 8);
  return { name, type: SHT_NOTE, bytes: Buffer.concat([head, padded(ownerBytes), padded(description)]) };
}

export const buildId = (hex: string): CraftedSection => note(".note.gnu.build-id", "GNU", 3, Buffer.from(hex, "hex"));

/** The dynamic section, with its terminator. */
export function dynamic(entries: readonly (readonly [tag: number, value: number])[]): CraftedSection {
  const bytes = Buffer.alloc(16 * (entries.length + 1));
  for (const [index, [tag, value]] of entries.entries()) {
    bytes.writeBigUInt64LE(BigInt(tag), 16 * index);
    bytes.writeBigUInt64LE(BigInt(value), 16 * index + 8);
  }
  return { name: ".dynamic", type: 6, bytes };
}

export interface CraftedSymbol {
  readonly name: string;
  readonly address: number;
  readonly size: number;
  /** The index of its section; 0 if it is undefined. */
  readonly section?: number;
  /** Default: 2, a function. */
  readonly type?: number;
}

/** `.symtab` and its `.strtab`. */
export function symbols(list: readonly CraftedSymbol[]): CraftedSection[] {
  const names = Buffer.from(["", ...list.map(({ name }) => name), ""].join("\0"));
  const entries = list.map(({ name, address, size, section = 1, type = 2 }) => {
    const entry = Buffer.alloc(24);
    entry.writeUInt32LE(names.indexOf(`\0${name}\0`) + 1, 0);
    entry[4] = 0x10 | type;
    entry.writeUInt16LE(section, 6);
    entry.writeBigUInt64LE(BigInt(address), 8);
    entry.writeBigUInt64LE(BigInt(size), 16);
    return entry;
  });
  return [
    { name: ".symtab", type: SHT_SYMTAB, link: ".strtab", bytes: Buffer.concat([Buffer.alloc(24), ...entries]) },
    { name: ".strtab", type: 3, bytes: names },
  ];
}

/** `.eh_frame` of consecutive functions with these sizes (LSB, "Exception Frames"). */
export function frames(sizes: readonly number[]): CraftedSection {
  const words = (...values: readonly number[]): Buffer => {
    const bytes = Buffer.alloc(4 * values.length);
    for (const [index, value] of values.entries()) bytes.writeUInt32LE(value, 4 * index);
    return bytes;
  };
  // Version 1, augmentation "zR", alignments, the return register, 1 byte of data: absolute addresses of 4 bytes.
  const body = Buffer.concat([words(0), Buffer.from("\x01zR\0\x01\x78\x10\x01\x03\0\0\0", "latin1")]);
  const parts: Buffer[] = [Buffer.concat([words(body.length), body])];
  let [at, address] = [body.length + 4, 0x1000];
  for (const size of sizes) {
    parts.push(words(16, at + 4, address, size, 0));
    at += 20;
    address += size;
  }
  return { name: ".eh_frame", bytes: Buffer.concat([...parts, words(0)]) };
}
