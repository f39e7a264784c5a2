import { mapBytes } from "./byte-map.ts";
import type { Cause } from "./cause.ts";
import type { Context, Findings } from "./context.ts";
import { differentBytes } from "./different-bytes.ts";
import { explainNumbers } from "./explain-numbers.ts";
import { explainText } from "./explain-text.ts";
import { explainTexts } from "./explain-texts.ts";
import { isTextSource } from "./is-text.ts";
import type { Sources } from "./pair.ts";
import { differenceApart } from "./same-apart.ts";

/**
 * Explains two files of unknown format: text files by their lines, others by the texts and numeric times in them, and
 * by where else they differ.
 */
export async function explainBytes(sources: Sources, context: Context): Promise<Findings> {
  const areTexts = (await isTextSource(sources[0])) && (await isTextSource(sources[1]));
  return areTexts ? await explainText(sources, context) : { causes: await explainBinary(sources, context) };
}

/** Explains bytes of unknown format, or the data of a program: first by differing texts, then by other differing bytes. */
export async function explainBinary(
  sources: Sources,
  { place, signal, windows }: Context,
  isProgram = false,
): Promise<Cause[]> {
  const map = await mapBytes(sources, signal);
  const firstDifference = map.clusters[0]?.start ?? 0;
  const options = { place, windows, firstDifference, isAlone: true, isProgram, signal };
  const texts = await explainTexts(sources, options);
  const found = [...texts.certain, ...texts.possible];
  const pairs = found.length > 0 ? texts.pairs : [];
  const apart = pairs.length === 0 ? firstDifference : await differenceApart(sources, pairs, signal);
  if (apart === undefined) return found;
  const numbers = found.length === 0 ? await explainNumbers(sources, map, place, windows) : [];
  if (numbers.length > 0) return numbers;
  // A longer text changes lengths and offsets, so after a certain cause the other differences in files of different
  // size are consequences.
  if (texts.certain.length > 0 && sources[0].size !== sources[1].size) return [...texts.certain, ...texts.evident];
  const elsewhere = await differentBytes(sources, apart, place);
  // When other bytes differ too, only pairs that are evidently the same text are reported.
  return [...texts.certain, ...texts.evident, elsewhere];
}
