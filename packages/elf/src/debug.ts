import { crc32 } from "node:zlib";
import type { RandomAccessSource } from "@release-actions/archive";
import type { ElfFile } from "./elf.ts";
import { strippedState } from "./linkage.ts";

const SHF_ALLOC = 2;
const SHT_NOTE = 7;

/**
 * `whole` has code and debug information, `debug-only` is what was split off, without code, and `stripped`
 * what is left, without debug information.
 */
export type DebugState = "whole" | "debug-only" | "stripped";

/**
 * Which part of a program a file is. `objcopy --only-keep-debug` keeps all section headers, and of what is
 * loaded only the notes have bytes.
 */
export function debugState(elf: ElfFile): DebugState {
  if (strippedState(elf).debug) return "stripped";
  const loaded = elf.sections.filter(({ flags, type }) => (flags & SHF_ALLOC) !== 0 && type !== SHT_NOTE);
  return loaded.some(({ hasBytes }) => hasBytes) ? "whole" : "debug-only";
}

/** What `.gnu_debuglink` says of the file it names: its CRC-32 (GDB manual, "Separate Debug Files"). */
export async function debugLinkChecksum(source: RandomAccessSource): Promise<number> {
  let sum = 0;
  for await (const chunk of source.read(0, source.size)) sum = crc32(chunk, sum);
  return sum;
}
