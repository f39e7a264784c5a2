import type { DebugSection } from "./dwarf-sections.ts";
import { ElfError } from "./error.ts";

/** One attribute that an abbreviation declares: its name and form (DWARF 5, section 7.5.3). */
export interface Attribute {
  readonly name: number;
  readonly form: number;
}

/** The value of an attribute: a number, a string, or the offset or index of a string. Other values are not read. */
export interface AttributeValue {
  readonly kind: "number" | "text" | "line-text" | "text-index" | "other";
  readonly number?: number;
  readonly text?: string;
}

/** A position in the bytes of a unit. */
export interface EntryReader {
  readonly bytes: Buffer;
  at: number;
  readonly number: (offset: number, size: number) => number;
}

export interface UnitLayout {
  readonly addressSize: number;
  readonly offsetSize: number;
  readonly version: number;
}

const IMPLICIT_CONST = 0x21;
const INDIRECT = 0x16;
/** The limit for the declarations that are read to find that of a first entry. */
const MAX_DECLARATIONS_BYTES = 1 << 20;

/** Forms of a fixed size in bytes (DWARF 5, section 7.5.6). */
const SIZES: ReadonlyMap<number, number> = new Map([
  [0x05, 2],
  [0x06, 4],
  [0x07, 8],
  [0x0b, 1],
  [0x0c, 1],
  [0x11, 1],
  [0x12, 2],
  [0x13, 4],
  [0x14, 8],
  [0x19, 0],
  [0x1c, 4],
  [0x1e, 16],
  [0x20, 8],
  [0x21, 0],
  [0x24, 8],
  [0x29, 1],
  [0x2a, 2],
  [0x2b, 3],
  [0x2c, 4],
]);
/** Forms whose value is a number in LEB128. */
const LEBS: readonly number[] = [0x0d, 0x0f, 0x15, 0x1b, 0x22, 0x23, 0x1f01];
/** Forms with the size of a section offset. */
const OFFSETS: readonly number[] = [0x17, 0x1d, 0x1f20, 0x1f21];
const TEXT_INDEX_SIZES: ReadonlyMap<number, number> = new Map([
  [0x25, 1],
  [0x26, 2],
  [0x27, 3],
  [0x28, 4],
]);
const BLOCK_SIZES: ReadonlyMap<number, number> = new Map([
  [0x03, 2],
  [0x04, 4],
  [0x0a, 1],
]);

/**
 * Reads the attributes of the abbreviation with the code `wanted` from the table at an offset.
 *
 * @throws ElfError if the table does not have it
 */
export async function readAbbreviations(section: DebugSection, offset: number, wanted: number): Promise<Attribute[]> {
  const bytes = await section.read(offset, MAX_DECLARATIONS_BYTES);
  const reader = { bytes, at: 0 };
  while (reader.at < bytes.length) {
    const code = leb(reader);
    if (code === 0) break;
    leb(reader); // The tag.
    reader.at += 1; // Whether it has children.
    const attributes: Attribute[] = [];
    for (;;) {
      const attribute = { name: leb(reader), form: leb(reader) };
      if (attribute.form === IMPLICIT_CONST) leb(reader);
      if ((attribute.name === 0 && attribute.form === 0) || reader.at >= bytes.length) break;
      attributes.push(attribute);
    }
    if (code === wanted) return attributes;
  }
  throw new ElfError(`there is no abbreviation ${wanted}`, offset);
}

/** Reads one value and advances the reader past it. */
export function readAttribute(reader: EntryReader, { form }: Attribute, layout: UnitLayout): AttributeValue {
  const take = (size: number): number => {
    const value = size > 8 ? 0 : size === 0 ? 1 : reader.number(reader.at, size);
    reader.at += size;
    return value;
  };
  if (form === 0x08) {
    const end = reader.bytes.indexOf(0, reader.at);
    if (end < 0) throw new ElfError("a string in a compile unit is cut", reader.at);
    const text = reader.bytes.toString("utf8", reader.at, end);
    reader.at = end + 1;
    return { kind: "text", text };
  }
  if (form === 0x0e) return { kind: "text", number: take(layout.offsetSize) };
  if (form === 0x1f) return { kind: "line-text", number: take(layout.offsetSize) };
  if (form === 0x1a || form === 0x1f02) return { kind: "text-index", number: leb(reader) };
  const indexSize = TEXT_INDEX_SIZES.get(form);
  if (indexSize !== undefined) return { kind: "text-index", number: take(indexSize) };
  if (form === INDIRECT) return readAttribute(reader, { name: 0, form: leb(reader) }, layout);
  if (form === 0x01) return { kind: "number", number: take(layout.addressSize) };
  if (form === 0x10)
    return { kind: "number", number: take(layout.version < 3 ? layout.addressSize : layout.offsetSize) };
  if (OFFSETS.includes(form)) return { kind: "number", number: take(layout.offsetSize) };
  if (LEBS.includes(form)) return { kind: "number", number: leb(reader) };
  const blockSize = BLOCK_SIZES.get(form);
  if (blockSize !== undefined || form === 0x09 || form === 0x18) {
    reader.at += blockSize === undefined ? leb(reader) : take(blockSize);
    return { kind: "other" };
  }
  const size = SIZES.get(form);
  if (size === undefined) throw new ElfError(`a compile unit has a value of the unknown form ${form}`, reader.at);
  return { kind: "number", number: take(size) };
}

/** Reads an unsigned LEB128 (DWARF 5, section 7.6). Signed numbers are read too, but only to skip them. */
export function leb(reader: { readonly bytes: Buffer; at: number }): number {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = reader.bytes[reader.at] ?? 0;
    reader.at += 1;
    value += (byte & 0x7f) * 2 ** shift;
    if ((byte & 0x80) === 0) return value;
  }
}
