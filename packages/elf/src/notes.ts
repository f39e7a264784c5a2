import { type ElfFile, findSection, readSection } from "./elf.ts";
import type { Fields } from "./fields.ts";
import { readSegment } from "./linkage.ts";

const SHT_NOTE = 7;
const PT_NOTE = 4;
const NT_GNU_BUILD_ID = 3;

/** One note (gABI, "Note Section"). */
export interface ElfNote {
  /** The vendor, such as `GNU` or `Go`. */
  readonly owner: string;
  readonly type: number;
  readonly description: Uint8Array;
  /** The offset of the description in the file. */
  readonly offset: number;
}

export async function readNotes(elf: ElfFile): Promise<ElfNote[]> {
  const notes: ElfNote[] = [];
  for (const fields of await noteTables(elf)) {
    for (let at = 0; at + 12 <= fields.length; ) {
      const nameSize = fields.u32(at);
      const size = fields.u32(at + 4);
      const start = at + 12 + align(nameSize);
      notes.push({
        owner: fields.text(at + 12).slice(0, Math.max(0, nameSize - 1)),
        type: fields.u32(at + 8),
        description: fields.slice(start, size),
        offset: fields.start + start,
      });
      at = start + align(size);
    }
  }
  return notes;
}

/** The note sections, or the note segments of a file without sections (gABI, "Note Section"). */
async function noteTables(elf: ElfFile): Promise<Fields[]> {
  const sections = elf.sections.filter(({ type }) => type === SHT_NOTE);
  if (elf.sections.length > 0) return await Promise.all(sections.map((section) => readSection(elf, section)));
  const segments = elf.segments.filter(({ type }) => type === PT_NOTE);
  return await Promise.all(segments.map((segment) => readSegment(elf, segment, "a segment of notes")));
}

/** The linker's build id in hex, as `readelf --notes` shows it, and the position of its bytes; undefined if there is none. */
export async function readBuildId(
  elf: ElfFile,
): Promise<{ readonly hex: string; readonly offset: number; readonly size: number } | undefined> {
  const notes = await readNotes(elf);
  const note = notes.find(({ owner, type }) => owner === "GNU" && type === NT_GNU_BUILD_ID);
  if (note === undefined) return undefined;
  return { hex: Buffer.from(note.description).toString("hex"), offset: note.offset, size: note.description.length };
}

/** The texts in `.comment` about the compilers and linkers that were used, without duplicates, in order. */
export async function readComments(elf: ElfFile): Promise<string[]> {
  const section = findSection(elf, ".comment");
  if (section === undefined) return [];
  const { bytes } = await readSection(elf, section);
  const texts = Buffer.from(bytes).toString("utf8").split("\0");
  return [...new Set(texts.filter((text) => text !== ""))];
}

/** The name of the separate debug file in `.gnu_debuglink` and its CRC-32; undefined if there is no such section. */
export async function readDebugLink(
  elf: ElfFile,
): Promise<{ readonly file: string; readonly crc32: number } | undefined> {
  const section = findSection(elf, ".gnu_debuglink");
  if (section === undefined) return undefined;
  const fields = await readSection(elf, section);
  const file = fields.text(0);
  return { file, crc32: fields.u32(align(Buffer.byteLength(file) + 1)) };
}

function align(size: number): number {
  return (size + 3) & ~3;
}
