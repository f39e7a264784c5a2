import type { DebugSection } from "./dwarf-sections.ts";
import { ElfError } from "./error.ts";

/** One attribute that an abbreviation declares: its name and form (DWARF 5, section 7.5.3). */
export interface Attribute {
  readonly name: number;
  readonly form: number;
}

/** The value of an attribute: a number, a string, or the offset or index of a string. The bytes of a block are not read. */
export interface AttributeValue {
  readonly kind: "number" | "text" | "line-text" | "text-index" | "block";
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

/** The size of a value, in bytes if it is the same in all units. */
type FormSize = number | "address" | "offset" | "LEB128" | "text";

/** What values hold and their sizes, followed by the forms (DWARF 5, section 7.5.6, and GNU's extensions). */
const FORMS: readonly (readonly [kind: AttributeValue["kind"], size: FormSize, ...forms: number[]])[] = [
  ["number", 0, 0x19, 0x21],
  ["number", 1, 0x0b, 0x0c, 0x11, 0x29],
  ["number", 2, 0x05, 0x12, 0x2a],
  ["number", 3, 0x2b],
  ["number", 4, 0x06, 0x13, 0x1c, 0x2c],
  ["number", 8, 0x07, 0x14, 0x20, 0x24],
  ["number", 16, 0x1e],
  ["number", "address", 0x01],
  ["number", "offset", 0x17, 0x1d, 0x1f20, 0x1f21],
  ["number", "LEB128", 0x0d, 0x0f, 0x15, 0x1b, 0x22, 0x23, 0x1f01],
  ["text", "text", 0x08],
  ["text", "offset", 0x0e],
  ["line-text", "offset", 0x1f],
  ["text-index", 1, 0x25],
  ["text-index", 2, 0x26],
  ["text-index", 3, 0x27],
  ["text-index", 4, 0x28],
  ["text-index", "LEB128", 0x1a, 0x1f02],
  // The size is that of the length before the block.
  ["block", 1, 0x0a],
  ["block", 2, 0x03],
  ["block", 4, 0x04],
  ["block", "LEB128", 0x09, 0x18],
];
const BY_FORM = new Map(FORMS.flatMap(([kind, size, ...forms]) => forms.map((form) => [form, { kind, size }])));
/** DW_FORM_ref_addr, which had the size of an address before DWARF 3. */
const REFERENCE = 0x10;

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
  const sizes = { address: layout.addressSize, offset: layout.offsetSize };
  const take = (size: number | keyof typeof sizes): number => {
    const bytes = typeof size === "number" ? size : sizes[size];
    const value = bytes > 8 ? 0 : bytes === 0 ? 1 : reader.number(reader.at, bytes);
    reader.at += bytes;
    return value;
  };
  if (form === INDIRECT) return readAttribute(reader, { name: 0, form: leb(reader) }, layout);
  if (form === REFERENCE) return { kind: "number", number: take(layout.version < 3 ? "address" : "offset") };
  const known = BY_FORM.get(form);
  if (known === undefined) throw new ElfError(`a compile unit has a value of the unknown form ${form}`, reader.at);
  const { kind, size } = known;
  if (size === "text") return { kind, text: takeText(reader) };
  const number = size === "LEB128" ? leb(reader) : take(size);
  if (kind !== "block") return { kind, number };
  reader.at += number;
  return { kind };
}

function takeText(reader: EntryReader): string {
  const { bytes, at } = reader;
  const end = bytes.indexOf(0, at);
  if (end < 0) throw new ElfError("a string in a compile unit is cut", at);
  reader.at = end + 1;
  return bytes.toString("utf8", at, end);
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
