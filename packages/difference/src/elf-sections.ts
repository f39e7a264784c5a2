import { sliceSource } from "@release-actions/archive";
import type { ElfFile, ElfSection } from "@release-actions/elf";
import { type ByteMap, mapBytes } from "./byte-map.ts";
import type { Part } from "./context.ts";
import type { Sources } from "./pair.ts";

/** The section flag for machine code (gABI, "Sections"). */
export const SHF_EXECINSTR = 4;
/** Sections whose content follows from other sections: build ids, addresses, symbol names. */
export const DERIVED = /^\.(note|symtab|strtab|shstrtab|comment|rela?\b|eh_frame|gnu\.hash|hash|dyn|got|gnu_debuglink)/;
/** Read-only data, which contains no addresses of other sections. */
export const READ_ONLY = /^\.rodata/;

/** A section that both files have, and where its bytes differ. */
export interface SectionPair {
  readonly name: string;
  readonly left: ElfSection;
  readonly right: ElfSection;
  readonly sources: Sources;
  readonly map: ByteMap;
}

/** Pairs the sections that both files have, by name. */
export async function pairSections(a: ElfFile, b: ElfFile, signal: AbortSignal | undefined): Promise<SectionPair[]> {
  const seen = new Map<string, ElfSection[]>();
  for (const section of b.sections) seen.set(section.name, [...(seen.get(section.name) ?? []), section]);
  const pairs: SectionPair[] = [];
  for (const left of a.sections) {
    const right = seen.get(left.name)?.shift();
    if (right === undefined || left.name === "" || !left.hasBytes || !right.hasBytes) continue;
    const sources = [
      sliceSource(a.source, left.offset, left.size),
      sliceSource(b.source, right.offset, right.size),
    ] as const;
    pairs.push({ name: left.name, left, right, sources, map: await mapBytes(sources, signal) });
  }
  return pairs;
}

/** The sections that differ and those that only one side has. */
export function listParts(a: ElfFile, b: ElfFile, pairs: readonly SectionPair[]): Part[] {
  const alone = (elf: ElfFile, other: ElfFile, side: "left" | "right"): Part[] =>
    elf.sections
      .filter(({ name, hasBytes }) => hasBytes && !other.sections.some((section) => section.name === name))
      .map(({ name, size }) => ({ name, left: 0, right: 0, [side]: size, differing: size }));
  const changed = pairs
    .filter(({ map }) => map.differing > 0)
    .map(({ name, left, right, map }) => ({ name, left: left.size, right: right.size, differing: map.differing }));
  return [...changed, ...alone(a, b, "left"), ...alone(b, a, "right")];
}
