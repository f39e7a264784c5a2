import { readExactly } from "@release-actions/archive";
import { type ElfFile, type ElfSegment, findSection } from "./elf.ts";
import { ElfError } from "./error.ts";
import { Fields } from "./fields.ts";

const SHF_ALLOC = 2;
const PT_DYNAMIC = 2;
const PT_INTERP = 3;
const DT_NULL = 0n;
const DT_NEEDED = 1n;
const DT_FLAGS_1 = 0x6ffffffbn;
const DF_1_PIE = 0x08000000n;
const MAX_DYNAMIC_BYTES = 1024 * 1024;

/** One entry of the dynamic section: a tag and its value. */
export interface DynamicEntry {
  readonly tag: bigint;
  readonly value: bigint;
}

/**
 * `static` needs no libraries, `static-pie` needs none either and relocates itself, `dynamic` names an interpreter or
 * libraries, `shared` is a library, `unlinked` is an object file.
 */
export type Linkage = "static" | "static-pie" | "dynamic" | "shared" | "unlinked";

/** How a file is linked, judged by the headers that the loader reads and not by the output of a tool such as `file` or `ldd`. */
export async function readLinkage(elf: ElfFile): Promise<Linkage> {
  if (elf.type === "relocatable") return "unlinked";
  if (elf.segments.some(({ type }) => type === PT_INTERP)) return "dynamic";
  const dynamic = await readDynamic(elf);
  if (dynamic.some(({ tag }) => tag === DT_NEEDED)) return elf.type === "shared" ? "shared" : "dynamic";
  if (elf.type === "executable") return "static";
  const isPie = dynamic.some(({ tag, value }) => tag === DT_FLAGS_1 && (value & DF_1_PIE) !== 0n);
  return isPie ? "static-pie" : "shared";
}

/** The path of the loader that the file needs, such as `/lib64/ld-linux-x86-64.so.2`; undefined if it needs none. */
export async function readInterpreter(elf: ElfFile): Promise<string | undefined> {
  const segment = elf.segments.find(({ type }) => type === PT_INTERP);
  if (segment === undefined) return undefined;
  return (await readSegment(elf, segment, "the interpreter's name")).text(0);
}

/** The dynamic section, found by its program header as the loader does, without the terminator. */
export async function readDynamic(elf: ElfFile): Promise<DynamicEntry[]> {
  const segment = elf.segments.find(({ type }) => type === PT_DYNAMIC);
  if (segment === undefined) return [];
  const fields = await readSegment(elf, segment, "the dynamic section");
  const word = elf.wide ? 8 : 4;
  const entries: DynamicEntry[] = [];
  for (let at = 0; at + 2 * word <= fields.length; at += 2 * word) {
    const tag = fields.wordBits(at);
    if (tag === DT_NULL) break;
    entries.push({ tag, value: fields.wordBits(at + word) });
  }
  return entries;
}

/**
 * Whether `strip` has removed the symbols and the debug information. Rust's `.debug_gdb_scripts` does not count, since
 * it is loaded with the program and stays.
 */
export function strippedState(elf: ElfFile): { readonly symbols: boolean; readonly debug: boolean } {
  return {
    symbols: findSection(elf, ".symtab") === undefined,
    debug: !elf.sections.some(
      ({ name, hasBytes, flags }) => hasBytes && (flags & SHF_ALLOC) === 0 && /^\.z?debug_/.test(name),
    ),
  };
}

/** Reads a small segment, such as an interpreter's name or a table. */
export async function readSegment(elf: ElfFile, segment: ElfSegment, what: string): Promise<Fields> {
  const { offset, fileSize: size } = segment;
  if (size > MAX_DYNAMIC_BYTES || offset + size > elf.source.size) {
    throw new ElfError(`${what} has ${size} bytes of a file of ${elf.source.size}`, offset);
  }
  return new Fields(await readExactly(elf.source, offset, size), elf, offset, what);
}
