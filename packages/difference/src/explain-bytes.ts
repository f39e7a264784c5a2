import type { RandomAccessSource } from "@release-actions/archive";
import { mapBytes } from "./byte-map.ts";
import { cause } from "./cause.ts";
import type { Context, Findings } from "./context.ts";
import { explainNumbers } from "./explain-numbers.ts";
import { explainTexts } from "./explain-texts.ts";

/** What can be said of files of any kind: texts, times in numbers, and where they differ. */
export async function explainBytes(
  left: RandomAccessSource,
  right: RandomAccessSource,
  context: Context,
): Promise<Findings> {
  const { place, signal } = context;
  const texts = await explainTexts(left, right, place);
  if (texts.certain.length > 0) return { causes: texts.certain, parts: [] };
  const map = await mapBytes(left, right, signal);
  const numbers = await explainNumbers(left, right, map, place);
  if (numbers.length > 0) return { causes: numbers, parts: [] };
  const first = map.clusters[0]?.start ?? 0;
  const where = `${place}0x${first.toString(16)}`;
  const sizes = [`${left.size} bytes`, `${right.size} bytes`] as const;
  return { causes: [cause("content", where, ...sizes)], parts: [] };
}
