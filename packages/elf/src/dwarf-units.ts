import { type AttributeValue, leb, readAbbreviations, readAttribute } from "./dwarf-attributes.ts";
import { type DebugSection, openDebugSection } from "./dwarf-sections.ts";
import type { ElfFile } from "./elf.ts";
import { ElfError } from "./error.ts";

/** What the debug information records about one compile unit (DWARF 5, section 3.1). */
export interface DebugUnit {
  /** The path of the main source file, as it was given to the compiler. */
  readonly name: string | undefined;
  /** The folder in which it was compiled. */
  readonly folder: string | undefined;
  /** The `.dwo` file with the rest of the unit, if that was split off (DWARF 5, section 7.3.2). */
  readonly splitOff: string | undefined;
  /** Whether an assembler wrote the unit, which then has lines but no types. */
  readonly isAssembly: boolean;
}

const DW_AT_NAME = 0x03;
const DW_AT_LANGUAGE = 0x13;
const DW_AT_COMP_DIR = 0x1b;
const DW_AT_STR_OFFSETS_BASE = 0x72;
const DW_AT_DWO_NAME = 0x76;
const DW_AT_GNU_DWO_NAME = 0x2130;
const DW_LANG_ASSEMBLER = 0x8001;
/**
 * Unit types whose headers have additional fields: type units have a signature and an offset, skeleton and split units
 * (`WITH_ID`) have an id.
 */
const TYPE_UNITS: readonly number[] = [0x02, 0x06];
const WITH_ID: readonly number[] = [0x04, 0x05];
const MAX_UNITS = 200_000;
/** How many bytes are read of each unit, more than its first entry needs. */
const WINDOW_BYTES = 4096;

/**
 * Reads the compile units of a file from the first entry of each unit.
 *
 * @throws ElfError if they cannot be read
 */
export async function readDebugUnits(elf: ElfFile): Promise<readonly DebugUnit[]> {
  const [info, abbreviations] = await Promise.all([openDebugSection(elf, "info"), openDebugSection(elf, "abbrev")]);
  if (info === undefined || abbreviations === undefined) return [];
  const [texts, lineTexts, offsets] = await Promise.all([
    openDebugSection(elf, "str"),
    openDebugSection(elf, "line_str"),
    openDebugSection(elf, "str_offsets"),
  ]);
  const strings = { texts, lineTexts, offsets };
  const units: DebugUnit[] = [];
  for (let at = 0; at < info.size; ) {
    if (units.length === MAX_UNITS) throw new ElfError(`it has more than ${MAX_UNITS} compile units`, at);
    const { unit, end } = await readUnit(elf, info, abbreviations, strings, at);
    if (unit !== undefined) units.push(unit);
    if (end <= at) throw new ElfError("a compile unit has no length", at);
    at = end;
  }
  return units;
}

interface Strings {
  readonly texts: DebugSection | undefined;
  readonly lineTexts: DebugSection | undefined;
  readonly offsets: DebugSection | undefined;
}

/** Reads one unit (DWARF 5, section 7.5.1) and the offset of the next. */
async function readUnit(elf: ElfFile, info: DebugSection, abbrev: DebugSection, strings: Strings, at: number) {
  const bytes = await info.read(at, WINDOW_BYTES);
  const number = (offset: number, size: number): number => {
    if (offset + size > bytes.length) throw new ElfError("a compile unit is cut", at + offset);
    return readUnsigned(bytes, offset, size, elf.little);
  };
  const isLong = number(0, 4) === 0xffffffff;
  const [head, offsetSize] = isLong ? [12, 8] : [4, 4];
  const end = at + head + (isLong ? number(4, 8) : number(0, 4));
  const version = number(head, 2);
  if (version < 2 || version > 5) return { unit: undefined, end };
  const type = version >= 5 ? number(head + 2, 1) : 0x01;
  const [addressAt, abbrevAt] = version >= 5 ? [head + 3, head + 4] : [head + 2 + offsetSize, head + 2];
  const layout = { addressSize: number(addressAt, 1), offsetSize, version };
  if (TYPE_UNITS.includes(type)) return { unit: undefined, end };
  const entry = (version >= 5 ? abbrevAt + offsetSize : addressAt + 1) + (WITH_ID.includes(type) ? 8 : 0);
  const reader = { number, bytes, at: entry };
  const declared = await readAbbreviations(abbrev, number(abbrevAt, offsetSize), leb(reader));
  const found = new Map<number, AttributeValue>();
  for (const attribute of declared) found.set(attribute.name, readAttribute(reader, attribute, layout));
  const base = found.get(DW_AT_STR_OFFSETS_BASE)?.number ?? (version >= 5 ? 2 * offsetSize : 0);
  const text = (name: number): Promise<string | undefined> =>
    textOf(found.get(name), strings, { base, offsetSize, little: elf.little });
  const unit: DebugUnit = {
    name: await text(DW_AT_NAME),
    folder: await text(DW_AT_COMP_DIR),
    splitOff: (await text(DW_AT_DWO_NAME)) ?? (await text(DW_AT_GNU_DWO_NAME)),
    isAssembly: found.get(DW_AT_LANGUAGE)?.number === DW_LANG_ASSEMBLER,
  };
  return { unit, end };
}

interface OffsetLayout {
  readonly base: number;
  readonly offsetSize: number;
  readonly little: boolean;
}

/** Reads a string in any form: from the entry itself, from one of two sections, or by an index (DWARF 5, section 7.5.5). */
async function textOf(
  value: AttributeValue | undefined,
  { texts, lineTexts, offsets }: Strings,
  { base, offsetSize, little }: OffsetLayout,
): Promise<string | undefined> {
  if (value === undefined) return undefined;
  if (value.text !== undefined) return value.text;
  if (value.number === undefined) return undefined;
  if (value.kind === "text") return await texts?.text(value.number);
  if (value.kind === "line-text") return await lineTexts?.text(value.number);
  if (value.kind !== "text-index") return undefined;
  const bytes = await offsets?.read(base + value.number * offsetSize, offsetSize);
  if (bytes?.length !== offsetSize) return undefined;
  return await texts?.text(readUnsigned(bytes, 0, offsetSize, little));
}

function readUnsigned(bytes: Buffer, offset: number, size: number, little: boolean): number {
  if (size === 8) return Number(little ? bytes.readBigUInt64LE(offset) : bytes.readBigUInt64BE(offset));
  return little ? bytes.readUIntLE(offset, size) : bytes.readUIntBE(offset, size);
}
