import { type ElfFile, readSection } from "./elf.ts";

const SHT_SYMTAB = 2;
const TYPES: Readonly<Record<number, SymbolType>> = {
  0: "none",
  1: "object",
  2: "function",
  3: "section",
  4: "file",
  6: "tls",
};

export type SymbolType = "none" | "object" | "function" | "section" | "file" | "tls" | "other";

export interface ElfSymbol {
  readonly name: string;
  readonly type: SymbolType;
  readonly isLocal: boolean;
  readonly address: bigint;
  readonly size: bigint;
  /** The index of the symbol's section; 0 for an undefined symbol. */
  readonly section: number;
}

/** Reads the symbol table that `strip` removes, in its order; empty for a stripped file (gABI, "Symbol Table"). */
export async function readSymbols(elf: ElfFile): Promise<ElfSymbol[]> {
  const table = elf.sections.find(({ type, hasBytes }) => type === SHT_SYMTAB && hasBytes);
  const strings = table && elf.sections[table.link];
  if (table === undefined || strings === undefined) return [];
  const names = await readSection(elf, strings);
  const fields = await readSection(elf, table);
  const entry = elf.wide ? 24 : 16;
  const [info, section, address, size] = elf.wide ? [4, 6, 8, 16] : [12, 14, 4, 8];
  return Array.from({ length: Math.floor(fields.length / entry) }, (_none, index): ElfSymbol => {
    const at = index * entry;
    const kind = fields.u8(at + info);
    return {
      name: names.text(fields.u32(at)),
      type: TYPES[kind & 0xf] ?? "other",
      isLocal: kind >> 4 === 0,
      address: fields.wordBits(at + address),
      size: fields.wordBits(at + size),
      section: fields.u16(at + section),
    };
  });
}
