import { type ElfFile, findSection, readSection } from "./elf.ts";
import type { Fields } from "./fields.ts";

/** The address and the size of a function, in bytes. */
export interface FunctionRange {
  readonly address: number;
  readonly size: number;
}

/** DW_EH_PE encodings (Linux Standard Base, "DWARF Exception Header Encoding"). */
const PC_RELATIVE = 0x10;
const SIGNED_4 = 0x0b;
const UNSIGNED_4 = 0x03;
const SIGNED_8 = 0x0c;
const ABSOLUTE = 0x00;

/**
 * Reads the functions in `.eh_frame`, sorted by address. Stripped files have this section too, since stack unwinding
 * needs it. Empty if there is no such section or its encoding is unusual.
 */
export async function readFunctionRanges(elf: ElfFile): Promise<FunctionRange[]> {
  const section = findSection(elf, ".eh_frame");
  if (section === undefined || elf.type === "relocatable") return [];
  const fields = await readSection(elf, section);
  const encodings = new Map<number, number | undefined>();
  const ranges: FunctionRange[] = [];
  for (let at = 0; at + 4 <= fields.length; ) {
    const length = fields.u32(at);
    if (length === 0 || length === 0xffffffff || at + 4 + length > fields.length) break;
    const id = fields.u32(at + 4);
    if (id === 0) encodings.set(at, pointerEncoding(fields, at));
    else {
      const range = readRange(fields, at + 8, encodings.get(at + 4 - id), section.address, elf.wide);
      if (range !== undefined && range.size > 0) ranges.push(range);
    }
    at += 4 + length;
  }
  return ranges.sort((a, b) => a.address - b.address);
}

/** The encoding of addresses in the entries of a CIE; undefined if it is unknown. */
function pointerEncoding(fields: Fields, start: number): number | undefined {
  const augmentation = fields.text(start + 9);
  if (!augmentation.startsWith("z")) return augmentation === "" ? ABSOLUTE : undefined;
  let at = start + 9 + augmentation.length + 1;
  const skipNumber = (): void => {
    while (fields.u8(at) & 0x80) at += 1;
    at += 1;
  };
  // Skips code alignment, data alignment, return register and the length of the augmentation data.
  for (let count = 0; count < 4; count += 1) skipNumber();
  for (const letter of augmentation.slice(1)) {
    if (letter === "R") return fields.u8(at);
    if (letter === "L") at += 1;
    else if (letter === "P") at += 1 + pointerSize(fields.u8(at));
    else if (letter !== "S" && letter !== "B") return undefined;
  }
  return ABSOLUTE;
}

function pointerSize(encoding: number): number {
  return [UNSIGNED_4, SIGNED_4].includes(encoding & 0x0f) ? 4 : 8;
}

function readRange(
  fields: Fields,
  at: number,
  encoding: number | undefined,
  base: number,
  wide: boolean,
): FunctionRange | undefined {
  const relative = encoding !== undefined && (encoding & 0x70) === PC_RELATIVE ? base + at : 0;
  switch (encoding === undefined ? undefined : encoding & 0x0f) {
    case SIGNED_4:
      return { address: relative + fields.i32(at), size: fields.u32(at + 4) };
    case UNSIGNED_4:
      return { address: relative + fields.u32(at), size: fields.u32(at + 4) };
    case SIGNED_8:
      return { address: relative + Number(BigInt.asIntN(64, fields.bigU64(at))), size: Number(fields.bigU64(at + 8)) };
    case ABSOLUTE:
      return { address: fields.word(at), size: fields.word(at + (wide ? 8 : 4)) };
    default:
      return undefined;
  }
}
