import type { RandomAccessSource } from "@release-actions/archive";
import type { ElfFile } from "@release-actions/elf";
import { countOf } from "@release-actions/report";
import { type Cause, cause } from "./cause.ts";
import type { Context } from "./context.ts";
import { contentOf, DERIVED, READ_ONLY, type SectionPair, SHF_EXECINSTR } from "./elf-sections.ts";
import { explainTexts, type TextCauses } from "./explain-texts.ts";
import { differenceApart } from "./same-apart.ts";
import { textAt } from "./text-at.ts";
import type { TextPair } from "./text-pair.ts";

/** Debug sections that contain no texts; `.debug_str`, `.debug_line_str` and the like contain them. */
const NUMBERS = /^\.z?debug_(?!.*str$|line$)/;

export interface SectionTexts extends Pick<TextCauses, "certain" | "possible"> {
  /** Differences in data sections that are not in texts. */
  readonly elsewhere: readonly Cause[];
  /** Data sections that have the same texts at different places. */
  readonly moved: readonly Cause[];
}

/** Finds the texts that differ in data sections and debug sections. */
export async function explainSectionTexts(
  a: ElfFile,
  b: ElfFile,
  pairs: readonly SectionPair[],
  { place, windows, signal }: Context,
): Promise<SectionTexts> {
  const found: { [Key in keyof SectionTexts]: Cause[] } = { certain: [], possible: [], elsewhere: [], moved: [] };
  const changed = pairs.filter(({ name, map }) => map.differing > 0 && !DERIVED.test(name));
  for (const { name, left, right, map } of pairs) {
    const isText = (left.flags & SHF_EXECINSTR) === 0 && !DERIVED.test(name) && !NUMBERS.test(name);
    if (map.differing === 0 || !isText) continue;
    const [one, other] = [contentOf(a, left), contentOf(b, right)];
    const firstDifference = map.clusters[0]?.start ?? 0;
    const isAlone = changed.every((pair) => pair.name === name);
    const part = { place: `${place}${name}+`, firstDifference, isAlone };
    const texts = await explainTexts(one, other, { ...part, windows, signal });
    found.certain.push(...texts.certain);
    if (READ_ONLY.test(name) && texts.hasSameTexts && (await hasSameBytes(one, other, signal))) {
      const [textA, textB] = [await textAt(one, firstDifference), await textAt(other, firstDifference)];
      const at = `${place}${name}+0x${firstDifference.toString(16)}`;
      if (textA !== undefined && textB !== undefined) found.moved.push(cause("text-order", at, textA, textB));
    }
    // Other texts in debug information only repeat names from the code.
    if (name.startsWith(".debug") || name.startsWith(".zdebug") || texts.possible.length === 0) continue;
    found.possible.push(...texts.possible);
    // Bytes can be compared at equal offsets only if no text changed its length or was moved by the linker.
    const isAligned = !texts.hasMoved && texts.pairs.every(isInPlace);
    const apart =
      isAligned && one.size === other.size ? await differenceApart(one, other, texts.pairs, signal) : undefined;
    if (apart === undefined || !READ_ONLY.test(name)) continue;
    const sizes = [countOf(one.size, "byte"), countOf(other.size, "byte")] as const;
    found.elsewhere.push(cause("content", `${place}${name}+0x${apart.toString(16)}`, ...sizes));
  }
  return found;
}

function isInPlace({ left, right }: TextPair): boolean {
  return left.text.length === right.text.length && left.offset === right.offset;
}

/** Whether two parts have the same bytes in any order, so that the differing bytes were only moved. */
async function hasSameBytes(
  left: RandomAccessSource,
  right: RandomAccessSource,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (left.size !== right.size) return false;
  const counts = new Int32Array(256);
  for await (const chunk of left.read(0, left.size, signal))
    for (const byte of chunk) counts[byte] = (counts[byte] ?? 0) + 1;
  for await (const chunk of right.read(0, right.size, signal))
    for (const byte of chunk) counts[byte] = (counts[byte] ?? 0) - 1;
  return counts.every((count) => count === 0);
}
