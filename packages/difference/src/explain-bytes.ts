import type { RandomAccessSource } from "@release-actions/archive";
import { mapBytes } from "./byte-map.ts";
import type { Cause } from "./cause.ts";
import type { Context, Findings } from "./context.ts";
import { differentBytes } from "./different-bytes.ts";
import { explainNumbers } from "./explain-numbers.ts";
import { explainText } from "./explain-text.ts";
import { explainTexts } from "./explain-texts.ts";
import { isTextSource } from "./is-text.ts";
import { differenceApart } from "./same-apart.ts";

/**
 * Explains two files of unknown format: text files by their lines, others by the texts and numeric times in them, and
 * by where else they differ.
 */
export async function explainBytes(
  left: RandomAccessSource,
  right: RandomAccessSource,
  context: Context,
): Promise<Findings> {
  if ((await isTextSource(left)) && (await isTextSource(right))) return await explainText(left, right, context);
  return { causes: await explainBinary(left, right, context), parts: [] };
}

/** Explains bytes of unknown format, or the data of a program: first by differing texts, then by other differing bytes. */
export async function explainBinary(
  left: RandomAccessSource,
  right: RandomAccessSource,
  { place, signal, windows }: Context,
  isProgram = false,
): Promise<Cause[]> {
  const map = await mapBytes(left, right, signal);
  const firstDifference = map.clusters[0]?.start ?? 0;
  const texts = await explainTexts(left, right, {
    ...{ place, windows, firstDifference, isAlone: true, isProgram },
    signal,
  });
  const found = [...texts.certain, ...texts.possible];
  const pairs = found.length > 0 ? texts.pairs : [];
  const apart = pairs.length === 0 ? firstDifference : await differenceApart(left, right, pairs, signal);
  if (apart === undefined) return found;
  const numbers = found.length === 0 ? await explainNumbers(left, right, map, place, windows) : [];
  if (numbers.length > 0) return numbers;
  // A longer text changes lengths and offsets, so after a certain cause the other differences in files of different
  // size are consequences.
  if (texts.certain.length > 0 && left.size !== right.size) return [...texts.certain, ...texts.evident];
  const elsewhere = await differentBytes(left, right, apart, place);
  // When other bytes differ too, only pairs that are evidently the same text are reported.
  return [...texts.certain, ...texts.evident, elsewhere];
}
