import { crc32 } from "node:zlib";
import type { RandomAccessSource } from "@release-actions/archive";
import type { ElfFile } from "./elf.ts";
import { strippedState } from "./linkage.ts";

const SHF_ALLOC = 2;
const SHT_NOTE = 7;

/**
 * `whole` has code and debug information, `debug-only` has only the split-off debug information, and `stripped` has
 * only the code.
 */
export type DebugState = "whole" | "debug-only" | "stripped";

/**
 * Whether a file is a whole program, its debug information or the rest. In a file from `objcopy --only-keep-debug` all
 * section headers remain, but of the loaded sections only notes have bytes.
 */
export function debugState(elf: ElfFile): DebugState {
  if (strippedState(elf).debug) return "stripped";
  const loaded = elf.sections.filter(({ flags, type }) => (flags & SHF_ALLOC) !== 0 && type !== SHT_NOTE);
  return loaded.some(({ hasBytes }) => hasBytes) ? "whole" : "debug-only";
}

/**
 * The CRC-32 of a file, which a `.gnu_debuglink` section stores for the file that it names (GDB manual, "Separate Debug
 * Files").
 */
export async function debugLinkChecksum(source: RandomAccessSource): Promise<number> {
  let sum = 0;
  for await (const chunk of source.read(0, source.size)) sum = crc32(chunk, sum);
  return sum;
}
