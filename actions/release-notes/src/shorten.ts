import { codeOf, isIn } from "./markdown-code.ts";

/** GitHub refuses longer notes (docs.github.com/rest/releases: "body is too long (maximum is 125000 characters)"). */
export const MAX_NOTES_LENGTH = 125_000;

/** The length as GitHub counts it, in code points (JavaScript counts UTF-16 code units). */
export function lengthOf(text: string): number {
  return [...text].length;
}

/**
 * Cuts a text that is too long, before a heading or else at a blank line, never inside code, and links to the rest.
 *
 * @param most the maximum length of the result in characters, including the link
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
