import type { Location } from "@release-actions/report";

/** Converts an offset in a text (in UTF-16 code units) to a line and column. */
export type Locator = (offset: number) => Location & { readonly line: number; readonly column: number };

/** Creates a locator for a text. The lines are indexed once; each lookup is a binary search. */
export function createLocator(text: string, file: string): Locator {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { file, line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}
