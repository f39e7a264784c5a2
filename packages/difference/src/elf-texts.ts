import { type Cause, cause } from "./cause.ts";
import type { Context } from "./context.ts";
import { DERIVED, READ_ONLY, type SectionPair, SHF_EXECINSTR } from "./elf-sections.ts";
import { explainTexts, type TextCauses } from "./explain-texts.ts";
import { readBoth, type Sources, sizesOf } from "./pair.ts";
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
  pairs: readonly SectionPair[],
  { place, windows, signal }: Context,
): Promise<SectionTexts> {
  const found: { [Key in keyof SectionTexts]: Cause[] } = { certain: [], possible: [], elsewhere: [], moved: [] };
  const changed = pairs.filter(({ name, map }) => map.differing > 0 && !DERIVED.test(name));
  for (const { name, left, sources, map } of pairs) {
    const isText = (left.flags & SHF_EXECINSTR) === 0 && !DERIVED.test(name) && !NUMBERS.test(name);
    if (map.differing === 0 || !isText) continue;
    const firstDifference = map.clusters[0]?.start ?? 0;
    const isAlone = changed.every((pair) => pair.name === name);
    const part = { place: `${place}${name}+`, firstDifference, isAlone };
    const texts = await explainTexts(sources, { ...part, windows, signal });
    found.certain.push(...texts.certain);
    if (READ_ONLY.test(name) && texts.hasSameTexts && (await hasSameBytes(sources, signal))) {
      const [textA, textB] = await readBoth(sources, (source) => textAt(source, firstDifference));
      const at = `${place}${name}+0x${firstDifference.toString(16)}`;
      if (textA !== undefined && textB !== undefined) found.moved.push(cause("text-order", at, textA, textB));
    }
    // Other texts in debug information only repeat names from the code.
    if (name.startsWith(".debug") || name.startsWith(".zdebug") || texts.possible.length === 0) continue;
    found.possible.push(...texts.possible);
    // Bytes can be compared at equal offsets only if no text changed its length or was moved by the linker.
    const isAligned = !texts.hasMoved && texts.pairs.every(isInPlace);
    if (!isAligned || sources[0].size !== sources[1].size || !READ_ONLY.test(name)) continue;
    const apart = await differenceApart(sources, texts.pairs, signal);
    if (apart === undefined) continue;
    found.elsewhere.push(cause("content", `${place}${name}+0x${apart.toString(16)}`, ...sizesOf(sources)));
  }
  return found;
}

function isInPlace({ left, right }: TextPair): boolean {
  return left.text.length === right.text.length && left.offset === right.offset;
}

/** Whether two parts have the same bytes in any order, so that the differing bytes were only moved. */
async function hasSameBytes([left, right]: Sources, signal: AbortSignal | undefined): Promise<boolean> {
  if (left.size !== right.size) return false;
  const counts = new Int32Array(256);
  for await (const chunk of left.read(0, left.size, signal))
    for (const byte of chunk) counts[byte] = (counts[byte] ?? 0) + 1;
  for await (const chunk of right.read(0, right.size, signal))
    for (const byte of chunk) counts[byte] = (counts[byte] ?? 0) - 1;
  return counts.every((count) => count === 0);
}
