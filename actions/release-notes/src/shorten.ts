import { codeOf, isIn } from "./markdown-code.ts";

/** GitHub refuses longer notes (docs.github.com/rest/releases: "body is too long (maximum is 125000 characters)"). */
export const MAX_NOTES_LENGTH = 125_000;

/** Characters as GitHub counts them: code points, not the halves of which JavaScript counts some. */
export function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

/**
 * Cuts words that are too long before a heading, or else a blank line, and links to the rest. Nothing is cut inside of code.
 *
 * @param most how many characters may be left, the link included.
 * @returns `undefined` when not even the first paragraph would be left
 */
export function shortened(text: string, most: number, rest: string): string | undefined {
  const link = `\n\n[The rest of these notes](${rest})`;
  const budget = most - lengthOf(link);
  const code = codeOf(text);
  let counted = 0;
  let [heading, blank] = [0, 0];
  for (const { 0: line, index } of text.matchAll(/[^\n]*(?:\n|$)/g)) {
    if (counted > budget) break;
    if (index > 0 && !isIn(code, index)) {
      if (/^ {0,3}#{1,6}\s/.test(line)) heading = index;
      else if (line.trim() === "") blank = index;
    }
    counted += lengthOf(line);
  }
  const cut = heading > 0 ? heading : blank;
  return cut === 0 ? undefined : text.slice(0, cut).trimEnd() + link;
}
